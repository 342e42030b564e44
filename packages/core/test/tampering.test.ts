import type { Payload } from '@temporalio/common';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';
import { bytes } from '@waxseal/test-support/vectors';

import { EnvelopeCodec, Keyring } from '../src';
import { parseEnvelope } from '../src/internal';
import { only } from './support/only';
import { TestKey } from './support/test-key';
import { workflowContext } from './support/workflow-context';

const ORDERS = new TestKey('orders/v1');
const OTHER = new TestKey('break-glass');
const BEFORE_ASKING = new Set([
  'WAXSEAL_MALFORMED_ENVELOPE',
  'WAXSEAL_CONTEXT_MISMATCH',
  'WAXSEAL_UNKNOWN_KEY',
]);

let sealed: Payload;
let data: Buffer;
let headerLength: number;

/**
 * Decodes with a cold codec that has one of the two keys; gives the code, and how often the key was asked.
 */
async function outcome(payload: Payload): Promise<{ code: unknown; requests: number }> {
  const key = new TestKey(ORDERS.id, ORDERS.material);
  const codec = new EnvelopeCodec({ keyring: new Keyring({ decryptOnly: [key] }) });
  const error = await rejectionOf(() => codec.decode([payload], workflowContext()));
  codec.close();
  return { code: error['code'], requests: key.requests };
}

function withData(changed: Uint8Array): Payload {
  return { ...sealed, data: changed };
}

/** The codes that a flipped bit may give at an offset of the sample envelope, which has two wrapped keys. */
function expectedCodes(offset: number): readonly string[] {
  const malformed = 'WAXSEAL_MALFORMED_ENVELOPE';
  const failed = 'WAXSEAL_DECRYPTION_FAILED';
  if (offset < 2) return [malformed];
  if (offset < 66) return [failed];
  if (offset < 81) return [malformed, failed];
  if (offset < 88) return [malformed, 'WAXSEAL_CONTEXT_MISMATCH'];
  if (offset === 88) return [malformed, failed];
  if (offset < 91) return [malformed];
  if (offset < 152) return ['WAXSEAL_KEY_SERVICE'];
  if (offset < headerLength) return [malformed, failed];
  return [failed];
}

beforeAll(async () => {
  const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: ORDERS, additional: [OTHER] }) });
  sealed = only(await codec.encode([jsonPayload({ orderId: 'A-1001' })], workflowContext()));
  codec.close();
  data = Buffer.from(sealed.data ?? []);
  headerLength = parseEnvelope(ORDERS.id, data).header.length;
});

describe('a sample envelope', () => {
  it('opens as it is', async () => {
    const codec = new EnvelopeCodec({ keyring: new Keyring({ decryptOnly: [ORDERS] }) });
    expect(await codec.decode([sealed], workflowContext())).toEqual([jsonPayload({ orderId: 'A-1001' })]);
    codec.close();
  });

  it('is rejected with any bit of data changed', async () => {
    for (let offset = 0; offset < data.length; offset++) {
      for (let bit = 0; bit < 8; bit++) {
        const { code, requests } = await outcome(withData(bytes.flip(data, offset, bit)));
        expect([offset, bit, expectedCodes(offset)]).toEqual([offset, bit, expect.arrayContaining([code])]);
        expect([offset, bit, requests]).toEqual([offset, bit, BEFORE_ASKING.has(String(code)) ? 0 : 1]);
      }
    }
  });

  it('is rejected with any bit of encryption-key-id changed, without a request', async () => {
    for (let offset = 0; offset < ORDERS.id.length; offset++) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = bytes.flip(bytes.text(ORDERS.id), offset, bit);
        const { code, requests } = await outcome({
          ...sealed,
          metadata: { ...sealed.metadata, 'encryption-key-id': changed },
        });
        expect(['WAXSEAL_UNKNOWN_KEY', 'WAXSEAL_MALFORMED_ENVELOPE']).toContain(code);
        expect(requests).toBe(0);
      }
    }
  });

  it('is rejected with any part of encryption-key-id, and with more than it', async () => {
    for (const keyId of [...Array.from(ORDERS.id, (_, end) => ORDERS.id.slice(0, end)), `${ORDERS.id}1`]) {
      const metadata = { ...sealed.metadata, 'encryption-key-id': bytes.text(keyId) };
      const { code, requests } = await outcome({ ...sealed, metadata });
      expect(code).toBe(keyId === '' ? 'WAXSEAL_MALFORMED_ENVELOPE' : 'WAXSEAL_UNKNOWN_KEY');
      expect(requests).toBe(0);
    }
  });

  it('is rejected when it is cut anywhere', async () => {
    for (let length = 0; length < data.length; length++) {
      const { code, requests } = await outcome(withData(data.subarray(0, length)));
      const malformed = length < headerLength + 16;
      expect([length, code]).toEqual([
        length,
        malformed ? 'WAXSEAL_MALFORMED_ENVELOPE' : 'WAXSEAL_DECRYPTION_FAILED',
      ]);
      expect([length, requests]).toEqual([length, malformed ? 0 : 1]);
    }
  });

  it('is rejected when a byte is taken out or put in anywhere', async () => {
    for (let offset = 0; offset <= data.length; offset++) {
      const before = data.subarray(0, offset);
      await outcome(withData(bytes.join(before, bytes.u8(0x5a), data.subarray(offset))));
      if (offset < data.length) await outcome(withData(bytes.join(before, data.subarray(offset + 1))));
    }
  });

  it('is rejected with no data', async () => {
    expect((await outcome({ metadata: sealed.metadata ?? {} })).code).toBe('WAXSEAL_MALFORMED_ENVELOPE');
  });
});
