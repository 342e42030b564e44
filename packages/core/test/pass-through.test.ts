import type { Payload } from '@temporalio/common';
import { describe, expect, it } from '@jest/globals';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import { EnvelopeCodec, Keyring, KeyServiceError } from '../src';
import { encodeOrRedact, ReplayCodec } from '../src/internal';
import {
  FAILURE_MARKER,
  failurePartOf,
  markFailurePayload,
  readableRedaction,
  redactedPayload,
} from '../src/codec/failure-payload';
import { only } from './support/only';
import { TestKey } from './support/test-key';

const SECRET = 'card 4111111111111111';
const encoded = (encoding: string): Payload => ({
  metadata: { encoding: Buffer.from(encoding) },
  data: Buffer.from('x'),
});
const OTHERS: readonly Payload[] = [
  jsonPayload(1),
  encoded('binary/null'),
  encoded('binary/encrypted'),
  encoded('binary/envelope2'),
  encoded('Binary/Envelope'),
  encoded(''),
  {},
  { metadata: {} },
  { metadata: null, data: null },
];
const text = (payload: Payload): string => Buffer.from(payload.data ?? []).toString();

function setUp(requireEncryption?: boolean): { key: TestKey; codec: EnvelopeCodec } {
  const key = new TestKey('orders/v1');
  return { key, codec: new EnvelopeCodec({ keyring: new Keyring({ primary: key }), requireEncryption }) };
}

describe('payloads in other encodings', () => {
  it('are passed on as the same objects', async () => {
    const { codec, key } = setUp();
    const decoded = await codec.decode([...OTHERS]);
    expect(decoded.every((payload, index) => payload === OTHERS[index])).toBe(true);
    expect(key.requests).toBe(0);
    codec.close();
  });

  it('keep their place among envelopes', async () => {
    const { codec } = setUp();
    const sealed = only(await codec.encode([jsonPayload('sealed')]));
    expect(await codec.decode([jsonPayload('a'), sealed, jsonPayload('b')])).toEqual(
      ['a', 'sealed', 'b'].map(jsonPayload),
    );
    codec.close();
  });

  it('are refused one and all with requireEncryption, without a request', async () => {
    const { codec, key } = setUp(true);
    const sealed = only(await codec.encode([jsonPayload(1)]));
    const before = key.requests;
    for (const payload of OTHERS) {
      for (const batch of [[payload], [sealed, payload]]) {
        const error = await rejectionOf(() => codec.decode(batch));
        expect(error).toMatchObject({ code: 'WAXSEAL_UNENCRYPTED_PAYLOAD', retryable: false });
      }
    }
    expect(key.requests).toBe(before);
    expect(await codec.decode([sealed])).toEqual([jsonPayload(1)]);
    codec.close();
  });

  it('that stand for a redacted failure pass with requireEncryption, and nothing like them does', async () => {
    const { codec } = setUp(true);
    for (const part of ['attributes', 'details'] as const) {
      const redacted = redactedPayload(part);
      expect(await codec.decode([redacted])).toEqual([redacted]);
      const more = { ...redacted, data: Buffer.concat([redacted.data ?? Buffer.alloc(0), Buffer.from(' ')]) };
      const extra = { ...redacted, metadata: { ...redacted.metadata, a: Buffer.of(1) } };
      for (const payload of [more, extra]) {
        expect((await rejectionOf(() => codec.decode([payload])))['code']).toBe(
          'WAXSEAL_UNENCRYPTED_PAYLOAD',
        );
      }
    }
    codec.close();
  });

  it('that once stood for a redacted failure, in an encoding that any converter reads, do not pass', async () => {
    const { codec } = setUp(true);
    for (const part of ['attributes', 'details'] as const) {
      const readable = readableRedaction(redactedPayload(part));
      expect((await rejectionOf(() => codec.decode([readable])))['code']).toBe('WAXSEAL_UNENCRYPTED_PAYLOAD');
    }
    codec.close();
  });

  it('that stand for a redacted failure can be read where plaintext is accepted', async () => {
    const { codec } = setUp();
    const redacted = redactedPayload('details');
    expect(await codec.decode([redacted])).toEqual([readableRedaction(redacted)]);
    codec.close();
  });

  it('are sealed by encode, envelopes too', async () => {
    const { codec } = setUp();
    const sealed = await codec.encode([jsonPayload(1)]);
    const twice = await codec.encode(sealed);
    expect(await codec.decode(await codec.decode(twice))).toEqual([jsonPayload(1)]);
    codec.close();
  });
});

describe('payloads of a failure', () => {
  const marked = [
    markFailurePayload(jsonPayload({ message: SECRET, stack_trace: 'at x' }), 'attributes'),
    markFailurePayload(jsonPayload(SECRET), 'details'),
  ];

  it('are sealed without their mark', async () => {
    const { codec } = setUp();
    const opened = await codec.decode(await codec.encode([...marked]));
    expect(opened).toEqual([jsonPayload({ message: SECRET, stack_trace: 'at x' }), jsonPayload(SECRET)]);
    expect(opened.every((payload) => payload.metadata?.[FAILURE_MARKER] === undefined)).toBe(true);
    expect(marked.map(failurePartOf)).toEqual(['attributes', 'details']);
    codec.close();
  });

  it('are redacted when they cannot be sealed', async () => {
    const { codec, key } = setUp();
    key.failure = new KeyServiceError(key.id, 'unavailable');
    const redacted = await codec.encode([...marked]);
    expect(redacted).toEqual([redactedPayload('attributes'), redactedPayload('details')]);
    expect(redacted.map(text)).toEqual(['attributes', 'details']);
    expect(redacted.map(text).join()).not.toContain('4111111111111111');
    codec.close();
  });

  it('are redacted by a codec that is closed', async () => {
    const { codec } = setUp();
    codec.close();
    expect(await codec.encode([...marked])).toHaveLength(2);
  });

  it('are not redacted together with others: nothing is encoded then', async () => {
    const { codec, key } = setUp();
    key.failure = new KeyServiceError(key.id, 'unavailable');
    for (const batch of [[...marked, jsonPayload(SECRET)], [jsonPayload(SECRET)]]) {
      const error = await rejectionOf(() => codec.encode(batch));
      expect(error['code']).toBe('WAXSEAL_KEY_SERVICE');
      expect(error.message).not.toContain('4111111111111111');
    }
    codec.close();
  });

  it('are those that this library marks: other values of that name are none', async () => {
    const odd = {
      ...jsonPayload(1),
      metadata: { ...jsonPayload(1).metadata, [FAILURE_MARKER]: Buffer.from('x') },
    };
    expect(failurePartOf(odd)).toBeUndefined();
    const { codec } = setUp();
    expect((await codec.decode(await codec.encode([odd])))[0]?.metadata).toHaveProperty([FAILURE_MARKER]);
    codec.close();
  });

  it('are redacted around any codec by encodeOrRedact', async () => {
    const failing = (): Promise<Payload[]> => Promise.reject(new Error('no'));
    expect(await encodeOrRedact([...marked], failing)).toHaveLength(2);
    expect((await rejectionOf(() => encodeOrRedact([jsonPayload(1)], failing))).message).toBe('no');
    const seen: Payload[] = [];
    await encodeOrRedact([...marked], (payloads) => {
      seen.push(...payloads);
      return Promise.resolve(payloads);
    });
    expect(seen.some((payload) => failurePartOf(payload) !== undefined)).toBe(false);
  });
});

describe('ReplayCodec', () => {
  it('opens payloads of any context, and asks for no wrap', async () => {
    const { codec, key } = setUp();
    const sealed = await codec.encode([jsonPayload(1)], {
      type: 'workflow',
      namespace: 'default',
      workflowId: 'a',
    });
    const reader = new EnvelopeCodec({ keyring: new Keyring({ decryptOnly: [key] }) });
    const replay = new ReplayCodec(reader);
    expect(await replay.decode(sealed)).toEqual([jsonPayload(1)]);
    const before = key.wraps;
    const encodedAgain = await replay.encode([jsonPayload(SECRET), jsonPayload(2)]);
    expect(encodedAgain).toHaveLength(2);
    expect(JSON.stringify(encodedAgain)).not.toContain('4111111111111111');
    expect(encodedAgain.every((payload) => payload.data === undefined)).toBe(true);
    expect(key.wraps).toBe(before);
    codec.close();
    reader.close();
  });
});
