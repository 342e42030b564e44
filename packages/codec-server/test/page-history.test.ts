import { describe, expect, it } from '@jest/globals';
import { payloadsIn } from '../browser/history';
import { base64 } from './support/post';

const payload = (data: unknown = base64('"a"'), more: object = {}) => ({
  metadata: { encoding: base64('binary/envelope'), 'encryption-key-id': base64('orders/1'), ...more },
  data,
});

const placesOf = (document: unknown) =>
  payloadsIn(document).payloads.map(({ eventId, eventType, field }) => [eventId, eventType, field]);

const HISTORY = {
  events: [
    {
      eventId: '1',
      eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED',
      workflowExecutionStartedEventAttributes: {
        workflowId: 'order-1',
        input: { payloads: [payload(), payload()] },
        memo: { fields: { 'a b': payload() } },
        searchAttributes: { indexedFields: { Customer: payload() } },
      },
      userMetadata: { summary: payload() },
    },
    {
      eventId: '12',
      activityTaskFailedEventAttributes: { failure: { cause: { encodedAttributes: payload() } } },
    },
  ],
};
const PLACES = [
  ['1', 'WorkflowExecutionStarted', 'input.payloads[0]'],
  ['1', 'WorkflowExecutionStarted', 'input.payloads[1]'],
  ['1', 'WorkflowExecutionStarted', 'memo.fields["a b"]'],
  ['1', 'WorkflowExecutionStarted', 'userMetadata.summary'],
  ['12', 'ActivityTaskFailed', 'failure.cause.encodedAttributes'],
];

describe('payloads of a history', () => {
  it('have the event and the field that they stand in, without search attributes', () => {
    expect(placesOf(HISTORY)).toEqual(PLACES);
    expect(payloadsIn(HISTORY).workflowId).toBe('order-1');
  });

  it('are found in a list of events, as the Web UI downloads it', () => {
    expect(placesOf(HISTORY.events)).toEqual(PLACES);
  });

  it('are found in snake case, as Go and Python may write it', () => {
    const snake = JSON.parse(
      JSON.stringify(HISTORY).replace(
        /"(\w+)":/g,
        (_, name: string) => `"${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}":`,
      ),
    ) as unknown;
    expect(placesOf(snake)).toEqual(
      PLACES.map(([id, type, field]) => [
        id,
        type,
        field?.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      ]),
    );
  });

  it('are found where bytes are as JSON.stringify makes them of Buffers', () => {
    const { metadata, data } = payload();
    const buffers = {
      metadata: Object.fromEntries(
        Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')]),
      ),
      data: Buffer.from(data as string, 'base64'),
    };
    const [found] = payloadsIn(JSON.parse(JSON.stringify(buffers))).payloads;
    expect(found?.sent).toEqual(payload());
  });
});

describe('a payload', () => {
  it('tells its encoding, key and size, and is sent with nothing else', () => {
    const external = [{ sizeBytes: '7' }];
    const found = payloadsIn({
      ...payload('AAECAw==', { number: 7 }),
      externalPayloads: external,
      other: 'x',
    });
    expect(found).toEqual({
      payloads: [
        {
          eventId: undefined,
          eventType: undefined,
          field: '',
          encoding: 'binary/envelope',
          keyId: 'orders/1',
          bytes: 4,
          sent: { ...payload('AAECAw=='), externalPayloads: external },
        },
      ],
      hasMore: false,
      workflowId: undefined,
    });
  });

  it.each([
    ['is without data', { metadata: { encoding: base64('binary/null') } }, 1],
    ['has null as data', { metadata: { encoding: base64('binary/null') }, data: null }, 1],
    ['was decoded already, and has a value', { metadata: { encoding: 'json/plain' }, data: { a: 1 } }, 0],
    ['has no encoding', { metadata: { other: 'YQ==' }, data: 'YQ==' }, 0],
    ['has metadata that are none', { metadata: ['YQ=='], data: 'YQ==' }, 0],
    ['has an encoding that is no base64', { metadata: { encoding: '<b>' }, data: 'YQ==' }, 0],
  ])('counts or not where it %s', (_, given, count) => {
    expect(payloadsIn(given).payloads).toHaveLength(count);
  });

  it.each([null, 7, 'text', [], {}, { events: [null, 7, { eventId: 1 }] }])('is not in %j', (given) => {
    expect(payloadsIn(given).payloads).toEqual([]);
  });
});

describe('a hostile document', () => {
  it('may be deeper than the stack', () => {
    let deep: unknown = payload();
    for (let depth = 0; depth < 200_000; depth++) deep = { a: deep };
    const [found] = payloadsIn(deep).payloads;
    expect(found?.field).toBe(`${'a.'.repeat(39)}a`);
  });

  it('is listed up to 50,000 payloads', () => {
    const one = payload();
    const found = payloadsIn(Array.from({ length: 50_001 }, () => one));
    expect([found.payloads.length, found.hasMore]).toEqual([50_000, true]);
    expect(payloadsIn(Array.from({ length: 50_000 }, () => one)).hasMore).toBe(false);
  });

  it('has names that are shown as they are', () => {
    const places = placesOf(
      JSON.parse(`{"__proto__":${JSON.stringify(payload())},"<b>":${JSON.stringify(payload())}}`),
    );
    expect(places.map(([, , field]) => field)).toEqual(['__proto__', '["<b>"]']);
  });
});
