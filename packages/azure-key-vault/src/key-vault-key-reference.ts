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
