import { setTimeout as delay } from 'node:timers/promises';
import type { KeyRequestLimits } from '@waxseal/core/provider';
import { elapsedMs, refusalOf } from '../check/refusal-of';
import { assertSameBytes, AAD, newDataKey } from '../check/samples';
import { withLimits } from '../check/with-limits';
import { defineCase } from '../key-provider-case';

const TWICE: Partial<KeyRequestLimits> = { attemptTimeoutMs: 2_000, totalTimeoutMs: 5_000, maxAttempts: 2 };
const HASTY: Partial<KeyRequestLimits> = { attemptTimeoutMs: 300, totalTimeoutMs: 700, maxAttempts: 5 };
/** A machine under load answers late. */
const SLACK_MS = 1_500;

/** A service that does not answer as it should. */
export const faultCases = [
  defineCase('tries again when it is throttled, and succeeds', ['throttle'], async (harness) => {
    const key = withLimits(await harness.key(), { ...TWICE, maxAttempts: 3 });
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
    const key = withLimits(await harness.key(), TWICE);
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
    const known = withLimits(await harness.key(), TWICE);
    const dataKey = newDataKey();
    const wrapped = await known.wrap(dataKey, AAD);
    await harness.disconnect();
    const [reasons, dataKeys] = [['unavailable'] as const, [dataKey]];
    for (const key of [known, withLimits(await harness.key(), TWICE)]) {
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
      const key = withLimits(await harness.key(), HASTY);
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
      const key = withLimits(await harness.key(), TWICE);
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
    const key = withLimits(await harness.key(), TWICE);
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
      const key = withLimits(await harness.key(), { attemptTimeoutMs: 8_000, totalTimeoutMs: 8_000 });
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
