import { defineCase } from '../define-case';
import { inBatches } from '../check/in-batches';
import { refusalOf } from '../check/refusal-of';
import { AAD, newDataKey } from '../check/sample';
import type { KeyProviderHarness } from '../key-provider-harness';

/** Damage that comes back the same however often it is asked about. */
const REASONS = ['rejected-ciphertext', 'not-found'] as const;

async function refusesEach(
  harness: KeyProviderHarness,
  what: string,
  damage: (bytes: Uint8Array) => readonly Uint8Array[],
): Promise<void> {
  const key = await harness.key({ request: { attemptTimeout: '10s', totalTimeout: '20s' } });
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
