import type { HiddenReason } from './hidden-reason';

/** Thrown inside masking, where a payload must be hidden whole. It holds nothing of the payload. */
export class Unmaskable extends Error {
  override readonly name = 'Unmaskable';
  readonly reason: HiddenReason;

  constructor(reason: HiddenReason) {
    super(`The payload is hidden: ${reason}.`);
    this.reason = reason;
  }
}
