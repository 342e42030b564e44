import { MENDABLE } from './temporal-traits';
import { WaxsealError } from './waxseal-error';

/** The codec was used after `close()`; its keys are gone. */
export class CodecClosedError extends WaxsealError {
  override readonly name = 'CodecClosedError';
  readonly code = 'WAXSEAL_CODEC_CLOSED';

  constructor() {
    super(
      'The codec is closed. Close it only after the workers and clients that use it have stopped.',
      false,
      { type: 'WaxsealCodecClosed', ...MENDABLE },
    );
  }
}
