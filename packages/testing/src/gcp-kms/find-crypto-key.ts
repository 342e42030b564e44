import { GcpFault } from './gcp-fault';
import type { GcpKmsDoubleKey } from './gcp-kms-double-key';
import type { GcpKmsDoubleKeyVersion } from './gcp-kms-double-key-version';

const NAME =
  /^(projects\/[^/]+\/locations\/[^/]+\/keyRings\/[\w-]{1,63}\/cryptoKeys\/[\w-]{1,63})(\/cryptoKeyVersions\/[^/]+)?$/;

/** What a resource name stands for. */
export interface FoundCryptoKey {
  readonly key: GcpKmsDoubleKey;
  /** The version, where the name names one. */
  readonly version: GcpKmsDoubleKeyVersion | undefined;
}

/**
 * The key that a request names, or the key version.
 *
 * @throws GcpFault `INVALID_ARGUMENT` for what is no resource name of the one or the other, `NOT_FOUND`
 */
export function findCryptoKey(name: string, keys: readonly GcpKmsDoubleKey[]): FoundCryptoKey {
  const [, keyName, version] = NAME.exec(name) ?? [];
  if (keyName === undefined) {
    throw new GcpFault('INVALID_ARGUMENT', `Resource name [${name}] does not match the expected format.`);
  }
  const key = keys.find((candidate) => candidate.name === keyName);
  if (key === undefined) throw new GcpFault('NOT_FOUND', `CryptoKey ${keyName} not found.`);
  if (version === undefined) return { key, version: undefined };
  const found = key.versions.find((candidate) => candidate.name === name);
  if (found === undefined) throw new GcpFault('NOT_FOUND', `CryptoKeyVersion ${name} not found.`);
  return { key, version: found };
}
