import { setTimeout as delay } from 'node:timers/promises';

import { defineCase } from '../define-case';
import { elapsedMs } from '../check/elapsed-ms';
import { refusalOf } from '../check/refusal-of';
import { AAD, newDataKey } from '../check/sample';

const REASONS = ['unavailable', 'timeout'] as const;
const PROMPT_MS = 1_000;

/** The caller's signal. */
export const cancellationCases = [
  defineCase('refuses promptly when the signal is aborted already', [], async (harness) => {
    const key = await harness.key();
    const dataKey = newDataKey();
    const wrapped = await key.wrap(dataKey, AAD);
    const signal = AbortSignal.abort();
    for (const request of [
      () => key.wrap(dataKey, AAD, { signal }),
      () => key.unwrap(wrapped, AAD, { signal }),
    ]) {
      const expected = { of: 'a request with an aborted signal', reasons: REASONS, dataKeys: [dataKey] };
      const ms = await elapsedMs(() => refusalOf(harness, expected, request));
      if (ms > PROMPT_MS)
        throw new Error(`A request with an aborted signal failed after ${ms.toFixed(0)} ms.`);
    }
  }),

  defineCase(
    'gives up promptly when the signal is aborted during the request',
    ['delay'],
    async (harness) => {
      const key = await harness.key({ request: { attemptTimeout: '8s', totalTimeout: '8s' } });
      const dataKey = newDataKey();
      const wrapped = await key.wrap(dataKey, AAD);
      await harness.delay(6_000);
      for (const start of [
        (signal: AbortSignal) => key.wrap(dataKey, AAD, { signal }),
        (signal: AbortSignal) => key.unwrap(wrapped, AAD, { signal }),
      ]) {
        const controller = new AbortController();
        const aborted = delay(100).then(() => {
          controller.abort();
        });
        const expected = { of: 'a request that is aborted', reasons: REASONS, dataKeys: [dataKey] };
        const ms = await elapsedMs(() => refusalOf(harness, expected, () => start(controller.signal)));
        await aborted;
        if (ms > 100 + PROMPT_MS)
          throw new Error(`A request aborted after 100 ms failed after ${ms.toFixed(0)} ms.`);
      }
    },
  ),
];
