import { setTimeout as delay } from 'node:timers/promises';

import { defineCase } from '../define-case';

/** Making a provider object. */
export const constructionCases = [
  defineCase('is constructed without a call to the service', ['requests'], async (harness) => {
    const before = harness.requests();
    const keys = [await harness.key(), await harness.otherKey()];
    for (const key of keys) {
      if (typeof key.bindsAad !== 'boolean') throw new Error('bindsAad is no boolean.');
      key.owns?.(key.id);
    }
    await delay(100);
    const made = harness.requests() - before;
    if (made !== 0) throw new Error(`Construction, id, bindsAad and owns() made ${String(made)} requests.`);
  }),
];
