import { isUint8Array } from 'node:util/types';

import { ConfigurationError } from '../errors/configuration-error';
import { KeyServiceError } from '../errors/key-service-error';
import { quote } from '../errors/quote';
import { isKeyId } from '../key-encryption-key/key-id';
import { MAX_WRAPPED_KEY_BYTES, type WrappedKey } from '../key-encryption-key/wrapped-key';
import type { GuardedKey, GuardedRequestOptions } from './guarded-key';

/**
 * Wraps a data key under several keys at once.
 *
 * @param policy `'atLeastOne'` leaves out those that do not wrap
 * @returns in the order of `keys`
 * @throws ConfigurationError when a provider answers outside its contract
 * @throws KeyServiceError when a key does not wrap; with `'atLeastOne'`, when none does
 */
export async function wrapAll(
  keys: readonly GuardedKey[],
  dataKey: Uint8Array,
  policy: 'all' | 'atLeastOne',
  options: GuardedRequestOptions,
): Promise<[WrappedKey, ...WrappedKey[]]> {
  const requests = keys.map((key) => wrapChecked(key, dataKey, options));
  // The data key is read until the last request has ended, so all of them are waited for.
  const results = await Promise.allSettled(requests);
  const errors = results
    .filter((result) => result.status === 'rejected')
    .map(({ reason }) => reason as Error);
  const wrapped = results.filter((result) => result.status === 'fulfilled').map(({ value }) => value);
  const fatal = errors.find((error) => !(error instanceof KeyServiceError));
  const [first, ...others] = wrapped;
  if (fatal !== undefined) throw fatal;
  if (first === undefined || (policy === 'all' && errors.length > 0)) throw errors[0] ?? new Error('No key.');
  return [first, ...others];
}

async function wrapChecked(
  guarded: GuardedKey,
  dataKey: Uint8Array,
  options: GuardedRequestOptions,
): Promise<WrappedKey> {
  const { key } = guarded;
  // A provider in JavaScript can answer anything.
  const wrapped: unknown = await guarded.wrap(dataKey, options);
  const { keyId, bytes } = (wrapped ?? {}) as Partial<WrappedKey>;
  if (!isKeyId(keyId) || (keyId !== key.id && key.owns?.(keyId) !== true)) {
    throw new ConfigurationError(
      `Key ${quote(key.id)} wrapped under a key ID that it does not own. Its provider breaks the KeyEncryptionKey contract.`,
    );
  }
  if (!isUint8Array(bytes) || bytes.length < 1 || bytes.length > MAX_WRAPPED_KEY_BYTES) {
    throw new ConfigurationError(
      `Key ${quote(key.id)} gave no wrapped key of a length that fits into an envelope: 1 to ${String(MAX_WRAPPED_KEY_BYTES)} bytes.`,
    );
  }
  return { keyId, bytes: new Uint8Array(bytes) };
}
