import { isKeyId, MAX_WRAPPED_KEY_BYTES } from '@waxseal/core/provider';
import { refusalOf } from '../check/refusal-of';
import { isOwnKeyId, AAD, newDataKey, assertSameBytes } from '../check/samples';
import { defineCase } from '../key-provider-case';

/** What is recorded in payloads. */
export const keyIdCases = [
  defineCase('has an ID that can be recorded, the same in each object', [], async (harness) => {
    const [one, two, other] = [await harness.key(), await harness.key(), await harness.otherKey()];
    if (!isKeyId(one.id)) throw new Error('id is no key ID (isKeyId of @waxseal/core).');
    if (one.id !== two.id) throw new Error('Two objects of the same key have different IDs.');
    if (one.id === other.id) throw new Error('Two keys have the same ID.');
  }),

  defineCase(
    'records a key ID that it owns, and no more bytes than an envelope takes',
    [],
    async (harness) => {
      const key = await harness.key();
      const { keyId, bytes } = await key.wrap(newDataKey(), AAD);
      if (!isKeyId(keyId)) throw new Error('WrappedKey.keyId is no key ID (isKeyId of @waxseal/core).');
      if (!isOwnKeyId(key, keyId))
        throw new Error(`The key does not own the key ID ${keyId} that it recorded.`);
      if (!isOwnKeyId(await harness.key(), keyId)) {
        throw new Error(`A second object of the key does not own the key ID ${keyId}.`);
      }
      if (bytes.length < 1 || bytes.length > MAX_WRAPPED_KEY_BYTES) {
        throw new Error(
          `A wrapped key has ${String(bytes.length)} bytes, not 1 to ${String(MAX_WRAPPED_KEY_BYTES)}.`,
        );
      }
    },
  ),

  defineCase('owns no key ID but its own', [], async (harness) => {
    const [key, other] = [await harness.key(), await harness.otherKey()];
    const [mine, theirs] = [await key.wrap(newDataKey(), AAD), await other.wrap(newDataKey(), AAD)];
    const foreign = [
      other.id,
      theirs.keyId,
      `${mine.keyId}x`,
      `x${mine.keyId}`,
      `${key.id}/`,
      `${key.id}/../x`,
      '',
    ];
    for (const keyId of foreign) {
      if (isOwnKeyId(key, keyId)) throw new Error(`The key owns the foreign key ID "${keyId}".`);
    }
  }),
];

/** The service's own rotation of the key. */
export const rotationCases = [
  defineCase('opens old wraps after the service rotated the key', ['rotate'], async (harness) => {
    const before = await harness.key();
    const dataKey = newDataKey();
    const old = await before.wrap(dataKey, AAD);
    await harness.rotate();
    const after = await harness.key();
    const recent = await after.wrap(dataKey, AAD);
    await harness.rotate();
    for (const [key, wrapped] of [
      [before, old],
      [after, old],
      [after, recent],
      [await harness.key(), old],
      [await harness.key(), recent],
    ] as const) {
      assertSameBytes(
        await key.unwrap(wrapped, AAD),
        dataKey,
        `A data key of ${wrapped.keyId} after rotation`,
      );
      if (!isOwnKeyId(key, wrapped.keyId))
        throw new Error(`The key does not own ${wrapped.keyId} after rotation.`);
    }
  }),

  defineCase('names the new version in new wraps', ['rotate', 'versionedKeyIds'], async (harness) => {
    const key = await harness.key();
    const old = await key.wrap(newDataKey(), AAD);
    await harness.rotate();
    const after = await harness.key();
    const recent = await after.wrap(newDataKey(), AAD);
    if (recent.keyId === old.keyId) throw new Error(`A wrap after rotation names ${old.keyId}, as before.`);
    if (after.id !== key.id) throw new Error('id changed with the rotation.');
  }),

  defineCase(
    'refuses a wrap that names another version than made it',
    ['rotate', 'versionedKeyIds', 'versionedUnwraps'],
    async (harness) => {
      const dataKey = newDataKey();
      const old = await (await harness.key()).wrap(dataKey, AAD);
      await harness.rotate();
      const key = await harness.key();
      const recent = await key.wrap(dataKey, AAD);
      for (const wrapped of [
        { keyId: recent.keyId, bytes: old.bytes },
        { keyId: old.keyId, bytes: recent.bytes },
      ]) {
        const expected = {
          of: 'unwrap under the ID of another version',
          reasons: ['rejected-ciphertext', 'not-found'],
          dataKeys: [dataKey],
        } as const;
        await refusalOf(harness, expected, () => key.unwrap(wrapped, AAD));
      }
    },
  ),
];
