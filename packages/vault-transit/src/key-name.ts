import { type KeyId, MAX_WRAPPED_KEY_BYTES } from '@waxseal/core/provider';

/** The key ID of one version of a Transit key: `<id>/v<version>`. */
export function transitKeyId(id: KeyId, version: number): KeyId {
  return `${id}/v${String(version)}`;
}

const VERSION = /^\/v([1-9]\d{0,8})$/;

/**
 * The version that a recorded key ID names.
 *
 * @returns a whole number from 1, or `undefined` when `keyId` is no version of the key `id`
 */
export function transitVersionOf(keyId: KeyId, id: KeyId): number | undefined {
  if (!keyId.startsWith(id)) return undefined;
  const version = VERSION.exec(keyId.slice(id.length))?.[1];
  return version === undefined ? undefined : Number(version);
}

const CIPHERTEXT = /^vault:v([1-9]\d{0,8}):([A-Za-z0-9+/]+={0,2})$/;

/** What Transit gives for a plaintext. */
interface TransitCiphertext {
  /** The whole of it, ASCII. */
  readonly text: string;
  /** Version of the key that made it, from 1. */
  readonly version: number;
}

/**
 * Reads `vault:v<version>:<base64>` in its one canonical form. The service takes others for the same, such as
 * `v0` and `v01` for `v1`, or base64 with line ends.
 *
 * @returns `undefined` when `bytes` are anything else
 */
export function parseTransitCiphertext(bytes: Uint8Array): TransitCiphertext | undefined {
  if (bytes.length > MAX_WRAPPED_KEY_BYTES) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const [, version, base64] = CIPHERTEXT.exec(text) ?? [];
  if (version === undefined || base64 === undefined) return undefined;
  if (Buffer.from(base64, 'base64').toString('base64') !== base64) return undefined;
  return { text, version: Number(version) };
}
