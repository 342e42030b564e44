import { FINAL } from './temporal-traits';
import { WaxsealError, type WaxsealErrorOptions } from './waxseal-error';

/**
 * The envelope could not be opened with the data key that was unwrapped. One outcome for every cause (a commitment
 * that differs, a tag that fails, a content that is no payload), so that the error is no oracle
 * (docs/spec/envelope.md §8).
 */
export class DecryptionError extends WaxsealError {
  override readonly name = 'DecryptionError';
  readonly code = 'WAXSEAL_DECRYPTION_FAILED';

  constructor(options?: WaxsealErrorOptions) {
    super(
      'The payload could not be decrypted: it was changed after it was encrypted, or its key is not the one it names. Restore the original payload from history; retrying will not help.',
      false,
      { type: 'WaxsealDecryptionFailed', ...FINAL },
      options,
    );
  }
}
