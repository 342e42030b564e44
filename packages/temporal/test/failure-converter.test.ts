import { describe, expect, it } from '@jest/globals';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  defaultPayloadConverter,
  type PayloadConverter,
  type ProtoFailure,
  RetryState,
  TimeoutFailure,
  TimeoutType,
} from '@temporalio/common';

import { REDACTED_TEXT, redactedPayload } from '@waxseal/core/failure-payload';
import { jsonPayload } from '@waxseal/test-support';

import { protectFailure } from '../src/envelope-failure-converter';
import { failureConverter } from '../src/failure-converter';

const MARKER = 'waxseal-failure';
const convert = (error: unknown): ProtoFailure =>
  failureConverter.errorToFailure(error, defaultPayloadConverter);
const back = (failure: ProtoFailure): Error =>
  failureConverter.failureToError(failure, defaultPayloadConverter);
/** The proto's strings, outside its payloads: what the server shows to everybody. */
const clearText = (failure: ProtoFailure): string =>
  JSON.stringify(failure, (name, value: unknown) =>
    name === 'encodedAttributes' || name === 'payloads' ? undefined : value,
  );

describe('the failure converter', () => {
  it.each([
    ['an Error', new Error('card 4111')],
    ['a string', 'card 4111'],
    ['a number', 4111],
    ['undefined', undefined],
    ['an object', { message: 'card 4111' }],
    ['an application failure', ApplicationFailure.nonRetryable('card 4111', 'Declined', { card: 4111 })],
    ['a cancellation', new CancelledFailure('card 4111', ['card 4111'])],
    ['a timeout', new TimeoutFailure('card 4111', 'card 4111', TimeoutType.HEARTBEAT)],
    ['causes', new Error('card 4111', { cause: new Error('card 4111', { cause: 'card 4111' }) })],
    [
      'an activity failure',
      new ActivityFailure('card 4111', 'charge', '1', RetryState.TIMEOUT, 'me', new Error('card 4111')),
    ],
  ])('leaves no text of %s in clear, at any level', (_name, error) => {
    const failure = convert(error);
    expect(clearText(failure)).not.toContain('4111');
    for (let level: ProtoFailure | null | undefined = failure; level; level = level.cause) {
      expect(level.message).toBe('Encoded failure');
      expect(level.stackTrace).toBe('');
      expect(level.encodedAttributes?.metadata?.[MARKER]).toEqual(Uint8Array.of(1));
    }
  });

  it('marks the details of each kind', () => {
    const failure = convert(ApplicationFailure.nonRetryable('m', 'T', 'a', 'b'));
    expect(
      failure.applicationFailureInfo?.details?.payloads?.map(({ metadata }) => metadata?.[MARKER]),
    ).toEqual([Uint8Array.of(2), Uint8Array.of(2)]);
    const payloads = [jsonPayload(1)];
    const kinds: ProtoFailure[] = [
      { canceledFailureInfo: { details: { payloads } } },
      { timeoutFailureInfo: { lastHeartbeatDetails: { payloads } } },
      { resetWorkflowFailureInfo: { lastHeartbeatDetails: { payloads } } },
    ];
    for (const kind of kinds) {
      const marked = JSON.stringify(protectFailure(kind, () => ({})));
      expect(marked.split(MARKER)).toHaveLength(3);
    }
    expect(payloads[0]?.metadata).not.toHaveProperty(MARKER);
  });

  it('brings message, stack, type, details and causes back', () => {
    const cause = new Error('inner');
    const error = back(
      convert(ApplicationFailure.create({ message: 'outer', type: 'T', details: [1, { a: 2 }], cause })),
    );
    expect(error).toMatchObject({
      message: 'outer',
      type: 'T',
      details: [1, { a: 2 }],
      cause: { message: 'inner' },
    });
    expect((error.cause as Error).stack).toContain('failure-converter.test');
  });

  it('encodes an error twice alike, though the SDK keeps its proto', () => {
    const received = back(convert(ApplicationFailure.nonRetryable('first', 'T')));
    expect(back(convert(received))).toMatchObject({ message: 'first' });
    expect(back(convert(received))).toMatchObject({ message: 'first' });
  });

  it('takes text that was restored out of the causes of a failure that passes through', () => {
    const decoded: ProtoFailure = {
      message: 'outer',
      activityFailureInfo: { activityType: { name: 'charge' } },
      cause: { message: 'card 4111', stackTrace: 'at 4111', applicationFailureInfo: { type: 'Declined' } },
    };
    const failure = convert(back(decoded));
    expect(clearText(failure)).not.toContain('4111');
    expect(back(failure)).toMatchObject({
      message: 'outer',
      cause: { message: 'card 4111', type: 'Declined' },
    });
  });

  it('reads redacted parts at every level, and leaves the failure as it came', () => {
    const parts = (part: 'attributes' | 'details') => redactedPayload(part);
    const details = { payloads: [parts('details'), defaultPayloadConverter.toPayload(7)] };
    const failure: ProtoFailure = {
      message: 'Encoded failure',
      encodedAttributes: parts('attributes'),
      applicationFailureInfo: { type: 'Declined', details },
      cause: {
        message: 'Encoded failure',
        encodedAttributes: parts('attributes'),
        applicationFailureInfo: { type: 'Wrapped' },
        cause: {
          message: 'Encoded failure',
          encodedAttributes: parts('attributes'),
          canceledFailureInfo: { details: { payloads: [parts('details')] } },
        },
      },
    };
    const timeout: ProtoFailure = {
      timeoutFailureInfo: { lastHeartbeatDetails: { payloads: [parts('details')] } },
    };
    expect(back(timeout)).toMatchObject({ lastHeartbeatDetails: REDACTED_TEXT });
    const before = JSON.stringify(failure);
    expect(back(failure)).toMatchObject({
      message: REDACTED_TEXT,
      type: 'Declined',
      details: [REDACTED_TEXT, 7],
      cause: {
        message: REDACTED_TEXT,
        cause: { message: REDACTED_TEXT, details: [REDACTED_TEXT] },
      },
    });
    expect(JSON.stringify(failure)).toBe(before);
  });

  it('reads failures that are not encoded', () => {
    expect(back({ message: 'plain', applicationFailureInfo: { type: 'T' } })).toMatchObject({
      message: 'plain',
    });
  });

  it('walks a long chain of causes once', () => {
    let error = new Error('card 4111');
    for (let depth = 0; depth < 2_000; depth++) error = new Error('card 4111', { cause: error });
    let conversions = 0;
    const counting: PayloadConverter = {
      toPayload: (value) => {
        conversions += 1;
        return defaultPayloadConverter.toPayload(value);
      },
      fromPayload: (converted) => defaultPayloadConverter.fromPayload(converted),
    };
    failureConverter.errorToFailure(error, counting);
    expect(conversions).toBe(2_001);
  });

  it.each([
    [
      'causes in a ring',
      () => Object.assign(new Error('card 4111'), { name: 'RingError' }),
      (error: Error) => (error.cause = error),
    ],
    [
      'details that cannot be converted',
      () => ApplicationFailure.nonRetryable('card 4111', 'RingError', 10n),
      () => undefined,
    ],
  ])('does not throw at %s: it keeps message, stack and type', (_name, make, damage) => {
    const error = make();
    damage(error);
    const failure = convert(error);
    expect(clearText(failure)).not.toContain('4111');
    expect(failure.applicationFailureInfo?.type).toBe('RingError');
    expect(back(failure)).toMatchObject({ message: 'card 4111' });
  });

  it.each([
    [
      'throws',
      () => {
        throw new TypeError('only orders');
      },
    ],
    ['gives nothing', () => undefined],
  ])("does without the user's payload converter where it %s", (_name, toPayload) => {
    const failure = failureConverter.errorToFailure(new Error('card 4111'), {
      toPayload,
      fromPayload: () => undefined,
    } as unknown as PayloadConverter);
    expect(clearText(failure)).not.toContain('4111');
    expect(back(failure)).toMatchObject({ message: 'card 4111' });
  });
});
