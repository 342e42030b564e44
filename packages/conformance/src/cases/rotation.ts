import { defineCase } from '../define-case';
import { assertSameBytes } from '../check/assert-same-bytes';
import { isOwnKeyId } from '../check/is-own-key-id';
import { refusalOf } from '../check/refusal-of';
import { AAD, newDataKey } from '../check/sample';

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
