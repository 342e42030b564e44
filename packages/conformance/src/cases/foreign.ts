import { defineCase } from '../define-case';
import { refusalOf } from '../check/refusal-of';
import { AAD, newDataKey } from '../check/sample';

const REASONS = ['not-found', 'rejected-ciphertext'] as const;

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
