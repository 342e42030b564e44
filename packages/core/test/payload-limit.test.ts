import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { LocalKey } from '@waxseal/local-key';

import { EnvelopeCodec, Keyring, type EnvelopeCodecOptions } from '../src';
import { TEMPORAL_LIMIT_BYTES } from '../src/codec/payload-bytes';

const { Payloads } = temporal.api.common.v1;
const sizeOf = (payloads: readonly Payload[]): number =>
  Payloads.encode({ payloads: [...payloads] }).finish().length;
const keyring = new Keyring({ primary: new LocalKey({ id: 'orders', key: randomBytes(32) }) });

function codec(options: Partial<EnvelopeCodecOptions> = {}): EnvelopeCodec {
  return new EnvelopeCodec({ keyring, ...options });
}

function payloads(...lengths: readonly number[]): Payload[] {
  return lengths.map((length) => ({
    metadata: { encoding: Buffer.from('binary/plain') },
    data: new Uint8Array(length),
  }));
}

const refused = (code = 'WAXSEAL_PAYLOAD_TOO_LARGE') => expect.objectContaining({ code });

describe('payloads of one field', () => {
  it('are refused exactly where they are within the limit and exceed it once sealed', async () => {
    const [one] = await codec().encode(payloads(1_000_000));
    const sealedLimit = sizeOf([one as Payload]);
    await expect(codec({ payloadLimitBytes: sealedLimit }).encode(payloads(1_000_000))).resolves.toHaveLength(
      1,
    );
    const under = codec({ payloadLimitBytes: sealedLimit - 1 });
    await expect(under.encode(payloads(1_000_000))).rejects.toEqual(refused());
  });

  it('count together, as Temporal counts them', async () => {
    const sizes = [200_000, 300_000, 499_500];
    const limit = sizeOf(payloads(...sizes));
    const some = codec({ payloadLimitBytes: limit + 100 });
    await expect(some.encode(payloads(...sizes))).rejects.toEqual(refused());
    await expect(some.encode(payloads(200_000, 300_000))).resolves.toHaveLength(2);
  });

  it('are left to Temporal where they exceed the limit before', async () => {
    await expect(codec({ payloadLimitBytes: 1_000 }).encode(payloads(2_000))).resolves.toHaveLength(1);
  });

  it('have the limit of the server by default, and both sizes in the error', async () => {
    expect(TEMPORAL_LIMIT_BYTES).toBe(2_097_152);
    const given = payloads(2_097_100);
    const error: unknown = await codec()
      .encode(given)
      .catch((caught: unknown) => caught);
    expect(error).toEqual(refused());
    const [, before, after] = /have (\d+) bytes, and (\d+) once/.exec((error as Error).message) ?? [];
    expect(Number(before)).toBe(sizeOf(given));
    const sealed = await codec({ payloadLimitBytes: Infinity }).encode(given);
    expect(Number(after)).toBe(sizeOf(sealed));
  });

  it.each([0, -1, 1.5, '2 MiB', Number.NaN])('have no limit of %p', (payloadLimitBytes) => {
    expect(() => codec({ payloadLimitBytes: payloadLimitBytes as number })).toThrow('payloadLimitBytes');
  });
});
