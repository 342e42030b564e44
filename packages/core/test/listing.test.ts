import { expect, it } from '@jest/globals';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import { EnvelopeCodec, Keyring, KeyServiceError } from '../src';
import { UNREADABLE_METADATA } from '../src/internal';
import { TestKey } from './support/test-key';

async function fixture() {
  const [mine, retired, away] = [new TestKey('mine'), new TestKey('retired'), new TestKey('away')];
  const sealedBy = async (key: TestKey) =>
    (await new EnvelopeCodec({ keyring: new Keyring({ primary: key }) }).encode([jsonPayload(key.id)]))[0];
  const payloads = [
    await sealedBy(retired),
    await sealedBy(mine),
    await sealedBy(away),
    jsonPayload('clear'),
  ];
  away.failure = new KeyServiceError('away', 'unavailable');
  const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: mine, decryptOnly: [away] }) });
  return { mine, codec, payloads: payloads.filter((payload) => payload !== undefined) };
}

it('a tolerant codec labels what it cannot open, and opens the rest', async () => {
  const { codec, payloads } = await fixture();
  await rejectionOf(() => codec.decode(payloads));
  const decoded = await codec.tolerant().decode(payloads);
  const texts = decoded.map(({ data }) => JSON.parse(Buffer.from(data ?? []).toString()) as string);
  expect(texts).toEqual([
    expect.stringMatching(/^\[unreadable: WAXSEAL_UNKNOWN_KEY\] .*"retired"/),
    'mine',
    expect.stringMatching(/^\[unreadable: WAXSEAL_KEY_SERVICE\] .*"away"/),
    'clear',
  ]);
  const codes = decoded.map(({ metadata }) => Buffer.from(metadata?.[UNREADABLE_METADATA] ?? []).toString());
  expect(codes).toEqual(['WAXSEAL_UNKNOWN_KEY', '', 'WAXSEAL_KEY_SERVICE', '']);
  codec.close();
});

it('a tolerant codec sends no plaintext, whatever happens', async () => {
  const { mine, codec } = await fixture();
  mine.failure = new KeyServiceError('mine', 'denied');
  expect(await rejectionOf(() => codec.tolerant().encode([jsonPayload(1)]))).toMatchObject({
    reason: 'denied',
  });
  codec.close();
});

it('a codec that only decodes opens the same, and asks for no wrap', async () => {
  const { mine, codec, payloads } = await fixture();
  const wraps = mine.wraps;
  const only = codec.decodeOnly();
  expect(await only.decode(payloads.slice(1, 2))).toEqual([jsonPayload('mine')]);
  const [encoded] = await only.encode([jsonPayload('secret')]);
  expect(encoded?.data ?? []).toHaveLength(0);
  expect(mine.wraps).toBe(wraps);
  codec.close();
});
