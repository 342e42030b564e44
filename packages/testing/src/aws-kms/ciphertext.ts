import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { KmsFault } from './fault';
import type { AwsKmsDoubleKey } from './key';

const VERSION = 0x01;
const IDENTITY_BYTES = 32;
const MATERIAL_ID_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const MATERIAL_AT = 1 + IDENTITY_BYTES;
const NONCE_AT = MATERIAL_AT + MATERIAL_ID_BYTES;
const HEADER_BYTES = NONCE_AT + NONCE_BYTES;

/** An encryption context as the service takes it. */
type EncryptionContext = Readonly<Record<string, string>>;

/**
 * Seals as the service does: AES-256-GCM with the encryption context as AAD, in a blob that carries which key
 * and which generation of material made it. The layout is the double's own: the service's is not published.
 */
export function sealBlob(key: AwsKmsDoubleKey, plaintext: Uint8Array, context: EncryptionContext): Buffer {
  const material = key.materials.current;
  const header = Buffer.concat([
    Uint8Array.of(VERSION),
    identityHash(key),
    Buffer.from(material.id, 'hex'),
    randomBytes(NONCE_BYTES),
  ]);
  const cipher = createCipheriv('aes-256-gcm', material.bytes, header.subarray(NONCE_AT));
  cipher.setAAD(Buffer.concat([header, encryptionContextAad(context)]));
  return Buffer.concat([header, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/**
 * The key of `keys` that made the blob.
 *
 * @throws KmsFault `InvalidCiphertextException` when it is no blob, or of a key that is not there
 */
export function keyOfBlob(blob: Uint8Array, keys: readonly AwsKmsDoubleKey[]): AwsKmsDoubleKey {
  if (blob.length <= HEADER_BYTES + TAG_BYTES || blob[0] !== VERSION) throw invalid();
  const identity = Buffer.from(blob.subarray(1, MATERIAL_AT));
  const key = keys.find((candidate) => identity.equals(identityHash(candidate)));
  if (key === undefined) throw invalid();
  return key;
}

/**
 * Opens a blob of `key`.
 *
 * @returns the plaintext in a fresh buffer, and the generation that sealed it
 * @throws KmsFault `InvalidCiphertextException` when the blob or the context is not what was sealed
 */
export function openBlob(
  key: AwsKmsDoubleKey,
  blob: Uint8Array,
  context: EncryptionContext,
): { readonly plaintext: Buffer; readonly keyMaterialId: string } {
  const keyMaterialId = Buffer.from(blob.subarray(MATERIAL_AT, NONCE_AT)).toString('hex');
  const material = key.materials.find(keyMaterialId);
  if (material === undefined) throw invalid();
  const header = blob.subarray(0, HEADER_BYTES);
  const tagAt = blob.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', material.bytes, blob.subarray(NONCE_AT, HEADER_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.concat([header, encryptionContextAad(context)]));
  decipher.setAuthTag(blob.subarray(tagAt));
  const plaintext = decipher.update(blob.subarray(HEADER_BYTES, tagAt));
  try {
    decipher.final();
  } catch {
    throw invalid();
  }
  return { plaintext, keyMaterialId };
}

function identityHash(key: AwsKmsDoubleKey): Buffer {
  return createHash('sha256').update(key.identity).digest();
}

// The service gives no message with this one.
function invalid(): KmsFault {
  return new KmsFault('InvalidCiphertextException');
}

/**
 * An encryption context as bytes that two contexts share only if they have the same entries, in whatever
 * order.
 */
function encryptionContextAad(context: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Buffer.from(JSON.stringify(entries), 'utf8');
}
