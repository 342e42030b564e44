import { randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';

import { describe, expect, it } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { serializePayload } from '@waxseal/core/internal';
import { LocalKey } from '@waxseal/local-key';
import { jsonPayload } from '@waxseal/test-support';

import { countPayloads, type PayloadCounts } from '../src/count-payloads';
import { historyOfJson } from '../src/scan/history-json';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const payload = (encoding: string): object => ({ metadata: { encoding: base64(encoding) }, data: 'AAAA' });
const sealed = payload('binary/envelope');
const plain = payload('json/plain');

/** A history with an envelope, and beside it an event. */
const history = (event: object): string => {
  const started = { workflowExecutionStartedEventAttributes: { input: { payloads: [sealed] } } };
  return JSON.stringify({ events: [started, { workflowExecutionSignaledEventAttributes: {}, ...event }] });
};
const notLooked: string[] = [];
const count = (event: object): PayloadCounts => {
  notLooked.length = 0;
  return countPayloads([historyOfJson(JSON.parse(history(event)), 'h.json', (why) => notLooked.push(why))]);
};

/** Each kind of place that has payloads, with something in it. */
const places: readonly (readonly [string, (value: unknown) => object])[] = [
  ['a list', (value) => ({ workflowExecutionSignaledEventAttributes: { input: { payloads: [value] } } })],
  ['a memo', (value) => ({ workflowExecutionStartedEventAttributes: { memo: { fields: { card: value } } } })],
  ['a memo called header', (value) => memo({ header: value })],
  ['user metadata', (value) => ({ userMetadata: { summary: value } })],
  ['marker details', (value) => marker({ header: { payloads: [value] } })],
  ['encoded attributes', (value) => failed({ message: 'Encoded failure', encodedAttributes: value })],
  ['a cause', (value) => failed({ cause: { cause: { encoded_attributes: value } } })],
  ['failure details', (value) => failed({ applicationFailureInfo: { details: { payloads: [value] } } })],
  ['an update', (value) => update({ input: { args: { payloads: [value] } } })],
  ['a Nexus operation', (value) => ({ nexusOperationScheduledEventAttributes: { input: value } })],
];

function memo(fields: object): object {
  return { workflowPropertiesModifiedEventAttributes: { upsertedMemo: { fields } } };
}

function marker(details: object): object {
  return { markerRecordedEventAttributes: { markerName: 'x', details } };
}

function failed(failure: object): object {
  return { workflowExecutionFailedEventAttributes: { failure } };
}

function update(acceptedRequest: object): object {
  return { workflowExecutionUpdateAcceptedEventAttributes: { acceptedRequest } };
}

describe('payloads of a history in a file', () => {
  it.each(places)('are counted in %s, and anything else there is refused', (_name, at) => {
    expect(count(at(sealed))).toMatchObject({ envelopes: 2, plaintext: 0 });
    expect(count(at(plain))).toMatchObject({ envelopes: 1, plaintext: 1 });
    for (const shorthand of ['4111', 4111, true, null, ['4111'], { card: '4111' }, { metadata: 'x' }]) {
      expect(() => count(at(shorthand))).toThrow('--no-json-shorthand-payloads');
    }
  });

  it.each([
    ['input', { workflowExecutionSignaledEventAttributes: { input: ['4111'] } }],
    ['details', marker({ data: ['4111'] })],
    ['failure details', failed({ applicationFailureInfo: { details: ['4111'] } })],
    ['a memo', { workflowExecutionStartedEventAttributes: { memo: 'x' } }],
    ['a failure', failed(['x'])],
  ])('are refused as a bare value in place of %s', (_name, event) => {
    expect(() => count(event)).toThrow('--no-json-shorthand-payloads');
  });

  it('that are compressed around an envelope are counted as it, and what is in clear within is not', async () => {
    const key = new LocalKey({ id: 'orders', key: randomBytes(32) });
    const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
    const [envelope = {}] = await codec.encode([jsonPayload(1)]);
    codec.close();
    const packed = (inner: Payload): object => {
      const data = deflateSync(Buffer.concat(serializePayload(inner)));
      return { ...payload('binary/zlib'), data: data.toString('base64') };
    };
    const at = (value: object): object => ({
      workflowExecutionSignaledEventAttributes: { input: { payloads: [value] } },
    });
    expect(count(at(packed(jsonPayload(1))))).toMatchObject({ envelopes: 1, plaintext: 1 });
    expect(count(at(packed(envelope)))).toMatchObject({ envelopes: 2, plaintext: 0 });
    // One that cannot be read is none.
    const damaged = { ...envelope, data: new Uint8Array(9) };
    expect(count(at(packed(damaged)))).toMatchObject({ envelopes: 1, plaintext: 1 });
  });

  it('may be absent where all fields are written', () => {
    expect(count({ userMetadata: null, ...failed({ encodedAttributes: null, cause: null }) })).toMatchObject({
      envelopes: 1,
      plaintext: 0,
    });
  });

  it('are not looked for in headers and search attributes', () => {
    const started = { header: { fields: { a: plain } }, searchAttributes: { indexedFields: { b: plain } } };
    expect(count({ workflowExecutionStartedEventAttributes: started }).plaintext).toBe(0);
  });

  it('may be in what is not known, which is said', () => {
    count({ fromTheFutureEventAttributes: { input: ['4111'] } });
    expect(notLooked).toEqual([expect.stringContaining('HistoryEvent.fromTheFutureEventAttributes')]);
    count({});
    expect(notLooked).toEqual([]);
  });
});

describe('failures of a history in a file', () => {
  it('are counted with their causes, without those that the server makes', () => {
    expect(count(failed({ message: 'declined', cause: { stackTrace: 'at x' } })).clearFailures).toBe(2);
    expect(count(failed({ message: 'declined', cause: { stack_trace: 'at x' } })).clearFailures).toBe(2);
    expect(count(failed({ message: 'timeout', source: 'Server' })).clearFailures).toBe(0);
  });
});
