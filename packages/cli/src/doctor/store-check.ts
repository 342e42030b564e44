import { isWaxsealError } from '@waxseal/core';
import type { Store } from '@waxseal/store';
import type { Check } from './report';

/** Asks the store whether it answers and has the tables of this release. Never rejects. */
export async function checkStore(store: Store): Promise<Check> {
  const name = 'store';
  const started = performance.now();
  try {
    await store.check();
    const ms = (performance.now() - started).toFixed(0);
    return {
      name,
      status: 'ok',
      detail: `the store (${store.kind}) answers within ${ms} ms, and has its tables`,
    };
  } catch (error) {
    // Errors of Waxseal hold nothing secret; of others, the name is enough.
    const detail = isWaxsealError(error) ? error.message : `the store fails with ${(error as Error).name}`;
    return { name, status: 'fail', detail };
  }
}
