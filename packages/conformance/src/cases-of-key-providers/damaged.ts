import { refusalOf } from '../check/refusal-of';
import { inBatches, AAD, newDataKey } from '../check/samples';
import { withLimits } from '../check/with-limits';
import { defineCase } from '../key-provider-case';
import type { KeyProviderHarness } from '../key-provider-harness';

/** Damage that comes back the same however often it is asked about. */
const REASONS = ['rejected-ciphertext', 'not-found'] as const;

async function refusesEach(
  harness: KeyProviderHarness,
  what: string,
  damage: (bytes: Uint8Array) => readonly Uint8Array[],
): Promise<void> {
  const key = withLimits(await harness.key(), { attemptTimeoutMs: 10_000, totalTimeoutMs: 20_000 });
  const dataKey = newDataKey();
  const wrapped = await key.wrap(dataKey, AAD);
  await inBatches([...damage(wrapped.bytes).entries()], ([index, bytes]) => {
    const expected = { of: `unwrap of ${what} (${String(index)})`, reasons: REASONS, dataKeys: [dataKey] };
    return refusalOf(harness, expected, () => key.unwrap({ keyId: wrapped.keyId, bytes }, AAD));
  });
}

const changedAt = (bytes: Uint8Array, position: number, mask: number): Uint8Array =>
  bytes.map((byte, index) => (index === position ? byte ^ mask : byte));

const bitsAt = (bytes: Uint8Array, position: number): readonly Uint8Array[] =>
  Array.from({ length: 8 }, (_, bit) => changedAt(bytes, position, 1 << bit));

/** Wrapped keys that are not as the service gave them. */
export const damagedCases = [
  defineCase('refuses a wrapped key with any one byte changed', [], (harness) =>
    refusesEach(harness, 'a wrapped key with a changed byte', (bytes) =>
      Array.from(bytes, (_, position) => changedAt(bytes, position, 1)),
    ),
  ),

  defineCase('refuses a wrapped key with any bit of its first or last byte changed', [], (harness) =>
    refusesEach(harness, 'a wrapped key with a changed bit', (bytes) => [
      ...bitsAt(bytes, 0),
      ...bitsAt(bytes, bytes.length - 1),
    ]),
  ),

  defineCase('refuses a wrapped key cut off anywhere, and none at all', [], (harness) =>
    refusesEach(harness, 'a wrapped key cut off', (bytes) =>
      Array.from(bytes, (_, length) => bytes.slice(0, length)),
    ),
  ),

  defineCase('refuses a wrapped key with more bytes, up to far too many', [], (harness) =>
    refusesEach(harness, 'a wrapped key with more bytes', (bytes) => [
      ...[0, 10, 0x41].map((byte) => Uint8Array.from([...bytes, byte])),
      Uint8Array.from([...bytes, ...bytes]),
      Uint8Array.from([...bytes, ...new Uint8Array(4096)]),
      new Uint8Array(4097).fill(0x41),
      new Uint8Array(1_000_000),
    ]),
  ),
];

/** Wrapped keys of another key. The key ID comes from a payload: an attacker writes it. */
export const foreignCases = [
  defineCase("refuses another key's wrap, under that key's ID and under its own", [], async (harness) => {
    const [key, other] = [await harness.key(), await harness.otherKey()];
    const dataKey = newDataKey();
    const mine = await key.wrap(newDataKey(), AAD);
    const theirs = await other.wrap(dataKey, AAD);
    for (const keyId of [theirs.keyId, other.id, key.id, mine.keyId]) {
      const expected = { of: "unwrap of another key's wrap", reasons: REASONS, dataKeys: [dataKey] };
      await refusalOf(harness, expected, () => key.unwrap({ keyId, bytes: theirs.bytes }, AAD));
    }
  }),

  defineCase('refuses its own wrap under a key ID that is not its own', [], async (harness) => {
    const key = await harness.key();
    const dataKey = newDataKey();
    const { keyId: own, bytes } = await key.wrap(dataKey, AAD);
    const foreign = [`${own}x`, `x${own}`, `${key.id}/../other`, 'http://127.0.0.1:9/key', 'key'];
    for (const keyId of foreign) {
      const expected = {
        of: `unwrap of a wrap that names "${keyId}"`,
        reasons: REASONS,
        dataKeys: [dataKey],
      };
      await refusalOf(harness, expected, () => key.unwrap({ keyId, bytes }, AAD));
    }
  }),

  defineCase('asks the service nothing about a key ID that is not its own', ['requests'], async (harness) => {
    const [key, other] = [await harness.key(), await harness.otherKey()];
    const theirs = await other.wrap(newDataKey(), AAD);
    await key.wrap(newDataKey(), AAD);
    const before = harness.requests();
    for (const keyId of [theirs.keyId, 'http://127.0.0.1:9/key', `${key.id}/../other`]) {
      const expected = { of: `unwrap of a wrap that names "${keyId}"`, reasons: REASONS, dataKeys: [] };
      await refusalOf(harness, expected, () => key.unwrap({ keyId, bytes: theirs.bytes }, AAD));
    }
    const made = harness.requests() - before;
    if (made !== 0) throw new Error(`Foreign key IDs made ${String(made)} requests.`);
  }),
];
