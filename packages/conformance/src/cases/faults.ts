import type { KeyRequestPolicy } from '@waxseal/core';

import { defineCase } from '../define-case';
import { assertSameBytes } from '../check/assert-same-bytes';
import { elapsedMs } from '../check/elapsed-ms';
import { refusalOf } from '../check/refusal-of';
import { AAD, newDataKey } from '../check/sample';

const TWICE: KeyRequestPolicy = { attemptTimeout: '2s', totalTimeout: '5s', maxAttempts: 2 };
const HASTY: KeyRequestPolicy = { attemptTimeout: '300ms', totalTimeout: '700ms', maxAttempts: 5 };
/** A machine under load answers late. */
const SLACK_MS = 1_500;

/** A service that does not answer as it should. */
export const faultCases = [
  defineCase('tries again when it is throttled, and succeeds', ['throttle'], async (harness) => {
    const key = await harness.key({ request: { ...TWICE, maxAttempts: 3 } });
    const dataKey = newDataKey();
    const before = await key.wrap(dataKey, AAD);
    await harness.throttle(2);
    const after = await key.wrap(dataKey, AAD);
    await harness.throttle(2);
    for (const wrapped of [before, after]) {
      assertSameBytes(
        await key.unwrap(wrapped, AAD),
        dataKey,
        'A data key that was asked for under throttling',
      );
    }
  }),

  defineCase('says "throttled" when the quota stays exhausted', ['throttle'], async (harness) => {
    const key = await harness.key({ request: TWICE });
    const dataKey = newDataKey();
    const wrapped = await key.wrap(dataKey, AAD);
    await harness.throttle(1_000);
    const [reasons, dataKeys] = [['throttled'] as const, [dataKey]];
    await refusalOf(harness, { of: 'wrap without quota', reasons, dataKeys }, () => key.wrap(dataKey, AAD));
    await refusalOf(harness, { of: 'unwrap without quota', reasons, dataKeys }, () =>
      key.unwrap(wrapped, AAD),
    );
  }),

  defineCase('says "unavailable" when the service cannot be reached', ['disconnect'], async (harness) => {
    const known = await harness.key({ request: TWICE });
    const dataKey = newDataKey();
    const wrapped = await known.wrap(dataKey, AAD);
    await harness.disconnect();
    const [reasons, dataKeys] = [['unavailable'] as const, [dataKey]];
    for (const key of [known, await harness.key({ request: TWICE })]) {
      await refusalOf(harness, { of: 'wrap without a service', reasons, dataKeys }, () =>
        key.wrap(dataKey, AAD),
      );
      await refusalOf(harness, { of: 'unwrap without a service', reasons, dataKeys }, () =>
        key.unwrap(wrapped, AAD),
      );
    }
  }),

  defineCase(
    'says "timeout" when the service is too slow, within its total timeout',
    ['delay'],
    async (harness) => {
      const wrapped = await (await harness.key()).wrap(newDataKey(), AAD);
      const key = await harness.key({ request: HASTY });
      const dataKey = newDataKey();
      await harness.delay(3_000);
      for (const request of [() => key.wrap(dataKey, AAD), () => key.unwrap(wrapped, AAD)]) {
        const expected = {
          of: 'a request that takes too long',
          reasons: ['timeout'],
          dataKeys: [dataKey],
        } as const;
        const ms = await elapsedMs(() => refusalOf(harness, expected, request));
        if (ms > 700 + SLACK_MS) {
          throw new Error(`A request with a total timeout of 700 ms failed after ${ms.toFixed(0)} ms.`);
        }
      }
    },
  ),

  defineCase(
    'tries again when the connection is cut in the middle of an answer',
    ['cut'],
    async (harness) => {
      const key = await harness.key({ request: TWICE });
      const dataKey = newDataKey();
      const before = await key.wrap(dataKey, AAD);
      await harness.cut(1);
      const after = await key.wrap(dataKey, AAD);
      await harness.cut(1);
      for (const wrapped of [before, after]) {
        assertSameBytes(await key.unwrap(wrapped, AAD), dataKey, 'A data key that was asked for twice');
      }
    },
  ),

  defineCase('says "unavailable" or "timeout" when every answer is cut', ['cut'], async (harness) => {
    const key = await harness.key({ request: TWICE });
    const dataKey = newDataKey();
    await harness.cut(1_000);
    const expected = {
      of: 'a request whose answers are cut',
      reasons: ['unavailable', 'timeout'],
      dataKeys: [dataKey],
    } as const;
    await refusalOf(harness, expected, () => key.wrap(dataKey, AAD));
  }),
];
