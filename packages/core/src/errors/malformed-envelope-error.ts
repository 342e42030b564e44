import { FINAL } from './temporal-traits';
import { WaxsealError, type WaxsealErrorOptions } from './waxseal-error';

/** The bytes are not an envelope of a version that this release reads (docs/spec/envelope.md §8). */
export class MalformedEnvelopeError extends WaxsealError {
  override readonly name = 'MalformedEnvelopeError';
  readonly code = 'WAXSEAL_MALFORMED_ENVELOPE';

  constructor(message: string, options?: WaxsealErrorOptions) {
    super(message, false, { type: 'WaxsealMalformedEnvelope', ...FINAL }, options);
  }
}
