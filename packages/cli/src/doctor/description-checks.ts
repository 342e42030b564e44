import type { KeyEncryptionKey } from '@waxseal/core';

import type { Check } from './check';
import { reasonOf } from './reason-of';

const LARGEST_SKEW_MS = 60_000;
/** Services tell the time in whole seconds. */
const PRECISION_MS = 2_000;

/** Checks of what the service says of a key: its state, version, and clock. None where the provider cannot ask. */
export async function descriptionChecks(key: KeyEncryptionKey): Promise<readonly Check[]> {
  if (key.describe === undefined) return [];
  try {
    const { service, name, state, isUsable, version, clockAheadMs, details } = await key.describe();
    const more = Object.entries(details).map(([field, value]) => `${field} ${value}`);
    const facts = [...(version === undefined ? [] : [`version ${version}`]), ...more].join(', ');
    return [
      {
        name: 'state',
        status: isUsable ? 'ok' : 'fail',
        detail: `${service} says ${name === key.id ? '' : `of ${name} `}${state}${facts === '' ? '' : `: ${facts}`}`,
      },
      clockCheck(clockAheadMs),
    ];
  } catch (error) {
    const detail = `the key cannot be looked at: ${reasonOf(error)}. Payloads do not need that right.`;
    return [{ name: 'state', status: 'warn', detail }];
  }
}

function clockCheck(aheadMs: number | undefined): Check {
  if (aheadMs === undefined) {
    const detail = "the service does not tell its time, so this machine's clock was not compared";
    return { name: 'clock', status: 'ok', detail };
  }
  if (Math.abs(aheadMs) <= PRECISION_MS) {
    return { name: 'clock', status: 'ok', detail: "the service's clock agrees with this machine's" };
  }
  const seconds = (Math.abs(aheadMs) / 1000).toFixed(0);
  const detail = `the service's clock is ${seconds} s ${aheadMs >= 0 ? 'ahead of' : 'behind'} this machine's`;
  return { name: 'clock', status: Math.abs(aheadMs) <= LARGEST_SKEW_MS ? 'ok' : 'warn', detail };
}
