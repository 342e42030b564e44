import type { Payload } from '@temporalio/common';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { vectorOfPayload } from '@waxseal/test-support/vectors';

import { EnvelopeCodec, Keyring } from '../src';
import { isKeyId } from '../src/provider';
import { parseEnvelope } from '../src/internal';
import { parseEncryptionContext, serializeEncryptionContext } from '../src/envelope/encryption-context';
import { serializeWrappedKeys } from '../src/envelope/envelope';
import { only } from './support/only';
import { TestKey } from './support/test-key';
import { workflowContext } from './support/workflow-context';

const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => value.isWellFormed());
const keyId = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter(isKeyId);
const payload: fc.Arbitrary<Payload> = fc.record({
  metadata: fc.dictionary(text, fc.uint8Array({ maxLength: 300 }), { noNullPrototype: true }),
  data: fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.uint8Array({ minLength: 4090, maxLength: 4110, size: 'max' }),
  ),
});
const context = fc
  .dictionary(fc.stringMatching(/^[a-z][a-z0-9-]{0,63}$/), text, { maxKeys: 16, noNullPrototype: true })
  .map((entries) => new Map(Object.entries(entries)));

describe('what is encoded is decoded to the same', () => {
  it('for any payloads', async () => {
    const writer = new EnvelopeCodec({ keyring: new Keyring({ primary: new TestKey('orders/v1') }) });
    await fc.assert(
      fc.asyncProperty(fc.array(payload, { maxLength: 4 }), async (payloads) => {
        const decoded = await writer.decode(
          await writer.encode(payloads, workflowContext()),
          workflowContext(),
        );
        expect(decoded.map(vectorOfPayload)).toEqual(payloads.map(vectorOfPayload));
      }),
      { numRuns: 200 },
    );
    writer.close();
  });

  it('for any namespace and workflow ID', async () => {
    const codec = new EnvelopeCodec({
      keyring: new Keyring({ primary: new TestKey('orders/v1') }),
      binding: 'workflow',
    });
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        async (namespace, workflowId) => {
          const sealed = await codec.encode([{ metadata: {} }], workflowContext(namespace, workflowId));
          await codec.decode(sealed, workflowContext(namespace, workflowId));
        },
      ),
      { numRuns: 200 },
    );
    codec.close();
  });

  it('for any key IDs, under any of up to eight keys', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(keyId, { minLength: 1, maxLength: 8 }), payload, async (ids, value) => {
        const [primary, ...additional] = ids.map((id) => new TestKey(id));
        const writer = new EnvelopeCodec({ keyring: new Keyring({ primary, additional }) });
        const sealed = only(await writer.encode([value]));
        writer.close();
        expect(Buffer.from(sealed.metadata?.['encryption-key-id'] ?? []).toString()).toBe(ids[0]);
        for (const key of [primary, ...additional]) {
          const reader = new EnvelopeCodec({ keyring: new Keyring({ decryptOnly: key ? [key] : [] }) });
          expect(vectorOfPayload(only(await reader.decode([sealed])))).toEqual(vectorOfPayload(value));
          reader.close();
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('what is serialized is parsed to the same', () => {
  it('for any encryption context', () => {
    fc.assert(
      fc.property(context, (entries) => {
        const parsed = parseEncryptionContext(serializeEncryptionContext(entries));
        expect(new Map(parsed)).toEqual(entries);
        expect([...parsed.keys()]).toEqual([...entries.keys()].sort());
      }),
    );
  });

  it('for any wrapped keys', () => {
    const wrappedKey = fc.record({ keyId, bytes: fc.uint8Array({ minLength: 1, maxLength: 4096 }) });
    const wrappedKeys = fc.uniqueArray(wrappedKey, {
      minLength: 1,
      maxLength: 8,
      selector: (item) => item.keyId,
    });
    fc.assert(
      fc.property(wrappedKeys, ([first = { keyId: '', bytes: new Uint8Array() }, ...others]) => {
        const header = Buffer.concat([
          Buffer.of(1, 1),
          Buffer.alloc(64 + 2),
          serializeWrappedKeys([first, ...others]),
          Buffer.alloc(16),
        ]);
        const parsed = parseEnvelope(first.keyId, header).wrappedKeys;
        expect(parsed.map((item) => ({ keyId: item.keyId, bytes: new Uint8Array(item.bytes) }))).toEqual(
          [first, ...others].map((item) => ({ keyId: item.keyId, bytes: new Uint8Array(item.bytes) })),
        );
      }),
    );
  });

  it('or rejected as malformed, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, looksRight) => {
        const data = looksRight ? Buffer.concat([Buffer.of(1, 1), bytes]) : bytes;
        try {
          parseEnvelope('orders/v1', data);
        } catch (error) {
          expect(error).toMatchObject({ code: 'WAXSEAL_MALFORMED_ENVELOPE', retryable: false });
        }
      }),
      { numRuns: 1000 },
    );
  });
});
