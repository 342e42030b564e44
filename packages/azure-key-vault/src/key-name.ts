import { KeyServiceAnswerError, type KeyId } from '@waxseal/core/provider';

/** A key of a vault or Managed HSM, as `keyId` names it. */
export interface KeyVaultKeyReference {
  /** `https://<host>`, of the vault or Managed HSM. */
  readonly vaultUrl: string;
  readonly name: string;
  /** 32 hexadecimal digits; `undefined` for the current version. */
  readonly version: string | undefined;
  /** The key's URL without a version. */
  readonly url: string;
}

const PATH = /^\/keys\/([0-9a-zA-Z-]{1,127})(?:\/([0-9a-f]{32}))?\/?$/;

/** @returns `undefined` when `value` is not the `https` URL of a key */
export function parseKeyVaultKeyReference(value: unknown): KeyVaultKeyReference | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const { protocol, origin, pathname, username, password } = new URL(value);
  const [, name, version] = PATH.exec(pathname) ?? [];
  // The parser drops control characters and an empty query: what it leaves must be what was given.
  const isPlain = username === '' && password === '' && !/[?#\s\\]/.test(value);
  if (protocol !== 'https:' || name === undefined || !isPlain) return undefined;
  return { vaultUrl: origin, name, version, url: `${origin}/keys/${name}` };
}

const VERSION = /^\/([0-9a-f]{32})$/;

/**
 * The version that a recorded key ID names. The ID comes from a payload and is untrusted: it selects a
 * version of a configured key and nothing else.
 *
 * @param prefix name of the configured key, without a version
 * @returns 32 hexadecimal digits, or `undefined` when `keyId` is no version of that key
 */
export function keyVersionOf(keyId: KeyId, prefix: string): string | undefined {
  return keyId.startsWith(prefix) ? VERSION.exec(keyId.slice(prefix.length))?.[1] : undefined;
}

/**
 * The version of the configured key that the service says it used.
 *
 * @param kid key identifier in the answer
 * @throws KeyServiceAnswerError when it is no version of that key, or not the version that `reference` names
 */
export function versionOfAnswer(kid: unknown, reference: KeyVaultKeyReference): string {
  // Hosts and names are case-insensitive, and the service may write the name as it was created.
  const version =
    typeof kid === 'string' ? keyVersionOf(kid.toLowerCase(), reference.url.toLowerCase()) : undefined;
  if (version === undefined || (reference.version !== undefined && reference.version !== version)) {
    throw new KeyServiceAnswerError(
      'Azure Key Vault answered for another key or version than was asked.',
      'unknown',
    );
  }
  return version;
}
