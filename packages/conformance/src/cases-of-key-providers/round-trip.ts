import { setTimeout as delay } from 'node:timers/promises';
import { AAD, AADS, newDataKey, assertSameBytes } from '../check/samples';
import { withLimits } from '../check/with-limits';
import { defineCase } from '../key-provider-case';

/** Wrapping, and unwrapping what was wrapped. */
export const roundTripCases = [
  defineCase('opens what it wrapped, with the shortest and the longest AAD', [], async (harness) => {
    const key = await harness.key();
    for (const aad of AADS) {
      for (const dataKey of [newDataKey(), new Uint8Array(32), new Uint8Array(32).fill(0xff)]) {
        const wrapped = await key.wrap(dataKey, aad);
        assertSameBytes(await key.unwrap(wrapped, aad), dataKey, 'The unwrapped data key');
      }
    }
  }),

  defineCase('opens what another object of the same key wrapped', [], async (harness) => {
    const dataKey = newDataKey();
    const wrapped = await (await harness.key()).wrap(dataKey, AAD);
    const reader = await harness.key();
    assertSameBytes(await reader.unwrap(wrapped, AAD), dataKey, 'The unwrapped data key');
  }),

  defineCase('wraps the same data key into other bytes each time', ['freshWraps'], async (harness) => {
    const key = await harness.key();
    const dataKey = newDataKey();
    const [first, second] = [await key.wrap(dataKey, AAD), await key.wrap(dataKey, AAD)];
    if (Buffer.compare(first.bytes, second.bytes) === 0) throw new Error('Two wraps are the same bytes.');
  }),

  defineCase('wraps and unwraps fifty data keys at once, each its own', [], async (harness) => {
    const key = withLimits(await harness.key(), { attemptTimeoutMs: 10_000, totalTimeoutMs: 20_000 });
    const dataKeys = Array.from({ length: 50 }, newDataKey);
    const wrapped = await Promise.all(dataKeys.map((dataKey) => key.wrap(dataKey, AAD)));
    const opened = await Promise.all(wrapped.map((one) => key.unwrap(one, AAD)));
    for (const [index, dataKey] of dataKeys.entries()) {
      assertSameBytes(opened[index] ?? new Uint8Array(), dataKey, `Data key ${String(index)} of fifty`);
    }
  }),
];

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
