import { isKeyId, MAX_WRAPPED_KEY_BYTES } from '@waxseal/core';

import { defineCase } from '../define-case';
import { isOwnKeyId } from '../check/is-own-key-id';
import { AAD, newDataKey } from '../check/sample';

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
