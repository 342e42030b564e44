import type { Payload } from '@temporalio/common';
import type { CompiledDecodePolicy } from './compiled-decode-policy';
import type { CompiledMask } from './compiled-mask';
import { hiddenPayload } from './hidden-payload';
import { maskPayload } from './mask-payload';
import { Unmaskable } from './unmaskable';

/** Values that are looked at, once by each rule, in all payloads of one call: a few seconds at the very most. */
const WORK_PER_CALL = 500_000;

/** The policy of somebody who has all of these: each of them adds to what is seen, and `denied` adds nothing. */
export function unitePolicies(policies: readonly ('full' | 'denied' | CompiledMask)[]): CompiledDecodePolicy {
  if (policies.includes('full')) return { kind: 'full', apply: (payloads) => [...payloads] };
  const masks = policies.filter((policy) => typeof policy !== 'string');
  if (masks.length === 0) {
    return { kind: 'denied', apply: (payloads) => payloads.map(() => hiddenPayload('denied')) };
  }
  return {
    kind: 'mask',
    apply: (payloads) => {
      const budget = { left: WORK_PER_CALL };
      return payloads.map((payload) => maskOrHide(() => maskPayload(payload, masks, budget)));
    },
  };
}

function maskOrHide(mask: () => Payload): Payload {
  try {
    return mask();
  } catch (error) {
    return hiddenPayload(error instanceof Unmaskable ? error.reason : 'failed');
  }
}
