import { defineCase } from '../define-case';
import { AAD, AADS, newDataKey } from '../check/sample';
import { assertSameBytes } from '../check/assert-same-bytes';

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
    const key = await harness.key({ request: { attemptTimeout: '10s', totalTimeout: '20s' } });
    const dataKeys = Array.from({ length: 50 }, newDataKey);
    const wrapped = await Promise.all(dataKeys.map((dataKey) => key.wrap(dataKey, AAD)));
    const opened = await Promise.all(wrapped.map((one) => key.unwrap(one, AAD)));
    for (const [index, dataKey] of dataKeys.entries()) {
      assertSameBytes(opened[index] ?? new Uint8Array(), dataKey, `Data key ${String(index)} of fifty`);
    }
  }),
];
