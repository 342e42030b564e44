import type { Payload } from '@temporalio/common';

/** Metadata entry by which a program tells a payload that is hidden whole from data: the reason. */
export const HIDDEN_METADATA = 'waxseal-hidden';

/** Why a whole payload is hidden. */
export type HiddenReason =
  'denied' | 'encoding' | 'external' | 'malformed' | 'ambiguous' | 'too-large' | 'removed' | 'failed';

const TEXTS: Readonly<Record<HiddenReason, string>> = {
  denied: 'your role may not see payloads',
  encoding: 'payloads in this encoding cannot be masked',
  external: 'the content is in external storage',
  malformed: 'the payload is not well-formed',
  ambiguous: 'the payload names a field twice',
  'too-large': 'the payload is too large or too deep to be masked',
  removed: 'the whole value is masked',
  failed: 'the payload could not be masked',
};

/** Thrown inside masking, where a payload must be hidden whole. It holds nothing of the payload. */
export class Unmaskable extends Error {
  override readonly name = 'Unmaskable';
  readonly reason: HiddenReason;

  constructor(reason: HiddenReason) {
    super(`The payload is hidden: ${reason}.`);
    this.reason = reason;
  }
}

/**
 * What is shown for a payload that is hidden whole: a JSON text that says why, and nothing of the payload.
 */
export function hiddenPayload(reason: HiddenReason): Payload {
  return {
    metadata: {
      encoding: Buffer.from('json/plain', 'ascii'),
      [HIDDEN_METADATA]: Buffer.from(reason, 'ascii'),
    },
    data: Buffer.from(JSON.stringify(`[hidden by policy: ${TEXTS[reason]}]`), 'ascii'),
  };
}
