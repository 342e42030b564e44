/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters -- as the SDK's interface has it */
import { describe, expect, it } from '@jest/globals';
import {
  ApplicationFailure,
  BinaryPayloadConverter,
  CompositePayloadConverter,
  defaultPayloadConverter,
  type Payload,
  type PayloadConverter,
  type ProtoFailure,
  UndefinedPayloadConverter,
  ActivityFailure,
  RetryState,
} from '@temporalio/common';
import { ProtobufBinaryPayloadConverter } from '@temporalio/common/lib/protobufs';
import { failurePartOf, unmarkFailurePayload } from '@waxseal/core/failure-payload';
import { jsonPayload } from '@waxseal/test-support';

import { failureConverter as decodeOnly } from '../src/decode-only-failure-converter';
import { failureConverter } from '../src/failure-converter';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (data: Uint8Array | null | undefined): string => Buffer.from(data ?? []).toString();

/** A converter of one encoding of its own. */
function converterOf(
  encoding: string,
  write: (value: unknown) => string,
  read: (text: string) => unknown,
): PayloadConverter {
  return {
    toPayload: (value) => ({ metadata: { encoding: bytes(encoding) }, data: bytes(write(value)) }),
    fromPayload: <T>({ metadata, data }: Payload) => {
      if (textOf(metadata?.['encoding']) !== encoding) throw new TypeError(`not ${encoding}`);
      return read(textOf(data)) as T;
    },
  };
}

const CONVERTERS: readonly (readonly [string, PayloadConverter])[] = [
  ['of the SDK', defaultPayloadConverter],
  ['for protobuf alone', new CompositePayloadConverter(new ProtobufBinaryPayloadConverter())],
  [
    'for bytes alone',
    new CompositePayloadConverter(new UndefinedPayloadConverter(), new BinaryPayloadConverter()),
  ],
  [
    'with an encoding of its own',
    converterOf(
      'json/hex',
      (value) => Buffer.from(JSON.stringify(value)).toString('hex'),
      (text) => JSON.parse(Buffer.from(text, 'hex').toString()),
    ),
  ],
  [
    'that wraps values, as superjson does, in json/plain',
    converterOf(
      'json/plain',
      (value) => JSON.stringify({ json: value }),
      (text) => (JSON.parse(text) as { json?: unknown }).json,
    ),
  ],
  [
    'that throws at plain objects',
    {
      toPayload: (value) => {
        if (typeof value === 'object') throw new TypeError('only classes');
        return defaultPayloadConverter.toPayload(value);
      },
      fromPayload: <T>(payload: Payload) => {
        const value = defaultPayloadConverter.fromPayload<T>(payload);
        if (typeof value === 'object') throw new TypeError('only classes');
        return value;
      },
    },
  ],
  [
    'that makes lists of objects',
    converterOf(
      'json/plain',
      (value) => JSON.stringify(Object.entries(Object(value) as object)),
      (text) => JSON.parse(text),
    ),
  ],
  ['that makes texts of objects', converterOf('text/plain', String, (text) => text)],
  [
    'that gives bytes whatever it is',
    {
      toPayload: (value) => ({ metadata: { encoding: bytes('raw') }, data: bytes(JSON.stringify(value)) }),
      fromPayload: <T>({ data }: Payload) => data as T,
    },
  ],
  [
    'that gives nothing',
    { toPayload: () => undefined as unknown as Payload, fromPayload: <T>() => undefined as T },
  ],
];

/** What a codec leaves of a failure: the marks are gone. */
function stored(failure: ProtoFailure): ProtoFailure {
  return JSON.parse(JSON.stringify(failure), (_name, value: unknown) => revive(value)) as ProtoFailure;
}

function revive(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  // A typed array as JSON has it.
  if (Object.keys(value).length > 0 && Object.keys(value).every((key, index) => key === String(index)))
    return Uint8Array.from(Object.values(value) as number[]);
  const payload = value as Payload;
  return payload.metadata && failurePartOf(payload) !== undefined ? unmarkFailurePayload(payload) : value;
}

describe.each(CONVERTERS)('with a payload converter %s', (_name, converter) => {
  const chain = () =>
    new ActivityFailure(
      'outer',
      'charge',
      '1',
      RetryState.TIMEOUT,
      'me',
      ApplicationFailure.create({ message: 'declined', type: 'Declined', cause: new Error('inner') }),
    );
  const read = {
    message: 'outer',
    cause: { message: 'declined', type: 'Declined', cause: { message: 'inner' } },
  };

  it('a failure comes back, causes too, once it was encoded and where it was not', () => {
    for (const writer of [failureConverter, decodeOnly]) {
      const failure = stored(writer.errorToFailure(chain(), converter));
      for (const reader of [failureConverter, decodeOnly]) {
        const error = reader.failureToError(failure, converter);
        expect(error).toMatchObject(read);
        expect(error.stack).toContain('failure-payload-converters.test');
        // It is passed on, as a workflow does with the error of an activity.
        expect(
          reader.failureToError(stored(reader.errorToFailure(error, converter)), converter),
        ).toMatchObject(read);
      }
    }
  });

  it.each(['message', 'stack_trace'])(
    'the %s that a worker in another language has encoded is read',
    (name) => {
      const failure: ProtoFailure = {
        message: 'Encoded failure',
        encodedAttributes: jsonPayload({ [name]: 'from Go' }),
        applicationFailureInfo: { type: 'Declined' },
        cause: {
          message: 'Encoded failure',
          encodedAttributes: jsonPayload({ message: 'from Python', stack_trace: '' }),
        },
      };
      const error = failureConverter.failureToError(failure, converter);
      expect(name === 'message' ? error.message : error.stack).toBe('from Go');
      expect(error).toMatchObject({ cause: { message: 'from Python' } });
    },
  );
});

it.each(CONVERTERS.slice(1, 3))(
  "details that a converter %s cannot hold are the SDK's",
  (_name, converter) => {
    const error = ApplicationFailure.nonRetryable('m', 'T', { card: 4111 }, 'text');
    const failure = stored(failureConverter.errorToFailure(error, converter));
    expect(failureConverter.failureToError(failure, converter)).toMatchObject({
      message: 'm',
      details: [{ card: 4111 }, 'text'],
    });
  },
);

it('what no converter knows is an error, as it is with the SDK', () => {
  const payload = { metadata: { encoding: bytes('binary/envelope') }, data: bytes('x') };
  const failure = { message: 'Encoded failure', encodedAttributes: payload };
  expect(() => failureConverter.failureToError(failure, defaultPayloadConverter)).toThrow('binary/envelope');
});

describe('the failure converter of encrypt: false', () => {
  it('leaves message and stack where the SDK has them, also of causes that came encoded', () => {
    const encoded = stored(
      failureConverter.errorToFailure(
        new Error('inner', { cause: new Error('innermost') }),
        defaultPayloadConverter,
      ),
    );
    const received = decodeOnly.failureToError(
      { message: 'outer', activityFailureInfo: { activityType: { name: 'charge' } }, cause: encoded },
      defaultPayloadConverter,
    );
    const failure = decodeOnly.errorToFailure(received, defaultPayloadConverter);
    expect(JSON.stringify(failure)).not.toMatch(/encodedAttributes|Encoded failure|waxseal/);
    expect(failure).toMatchObject({
      message: 'outer',
      cause: { message: 'inner', cause: { message: 'innermost' } },
    });
  });

  it('does not throw either', () => {
    const ring = Object.assign(new Error('ring'), { name: 'RingError' });
    ring.cause = ring;
    expect(decodeOnly.errorToFailure(ring, defaultPayloadConverter)).toMatchObject({
      message: 'ring',
      applicationFailureInfo: { type: 'RingError' },
    });
  });
});
