import { FINAL } from './temporal-traits';
import { WaxsealError } from './waxseal-error';

/** A payload that is not an envelope was refused, because `requireEncryption` is set. */
export class UnencryptedPayloadError extends WaxsealError {
  override readonly name = 'UnencryptedPayloadError';
  readonly code = 'WAXSEAL_UNENCRYPTED_PAYLOAD';

  constructor() {
    super(
      'A payload that is not an envelope was refused, because requireEncryption is set. If plaintext is expected here, unset it for this reader.',
      false,
      { type: 'WaxsealUnencryptedPayload', ...FINAL },
    );
  }
}
