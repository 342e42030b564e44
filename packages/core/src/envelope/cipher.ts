import {
  type CipherGCM,
  createCipheriv,
  type DecipherGCM,
  type KeyObject,
  createDecipheriv,
  createSecretKey,
  timingSafeEqual,
  createHmac,
  randomFillSync,
} from 'node:crypto';
import { allocatePublic, areEqual, byteLength, copyPart } from '../base/bytes';
import { DecryptionError } from '../base/errors';
import {
  envelopeAad,
  type EnvelopeAad,
  FORMAT_VERSION,
  SALT_AT,
  SALT_BYTES,
  SUITE,
  TAG_BYTES,
  type Envelope,
  COMMITMENT_AT,
  COMMITMENT_BYTES,
} from './envelope';

/** Constant, because each content key seals one payload only (docs/spec/envelope.md §6). */
const NONCE: Uint8Array = new Uint8Array(12);

/**
 * Seals one payload into an envelope (docs/spec/envelope.md §6).
 *
 * @param dataKey 32 bytes
 * @param aad of `aadTemplate`; salt and commitment are written into it
 * @param plaintext in pieces that are sealed one after the other; read only
 * @param salt 32 fresh random bytes; given only where vectors are written. A salt that is used twice with one
 *   data key breaks the cipher.
 * @returns the envelope, in memory that it shares with other envelopes alone
 */
export function seal(
  dataKey: KeyObject,
  aad: EnvelopeAad,
  plaintext: readonly Uint8Array[],
  salt?: Uint8Array,
): Uint8Array {
  const { header } = aad;
  if (salt === undefined) writeFreshSalt();
  else SALT.set(salt);
  header.set(SALT, SALT_AT);
  let cipher: CipherGCM;
  try {
    derivePayloadKeys(dataKey);
    header.set(COMMITMENT, COMMITMENT_AT);
    cipher = createCipheriv('aes-256-gcm', cipherKey(CONTENT_KEY), NONCE);
  } finally {
    forgetPayloadKeys();
  }
  cipher.setAAD(aad.bytes);
  const envelope = allocatePublic(header.length + byteLength(plaintext) + TAG_BYTES);
  envelope.set(header);
  let offset = header.length;
  for (const piece of plaintext) {
    for (let start = 0; start < piece.length; start += SEALED_AT_ONCE) {
      const end = start + SEALED_AT_ONCE;
      const ciphertext = cipher.update(
        start === 0 && end >= piece.length ? piece : piece.subarray(start, end),
      );
      envelope.set(ciphertext, offset);
      offset += ciphertext.length;
      if (piece.length > SEALED_AT_ONCE) giveBack(ciphertext);
    }
  }
  cipher.final();
  envelope.set(cipher.getAuthTag(), offset);
  return envelope;
}

/** Bytes that fit into a processor's cache, so that they are copied from there. */
const SEALED_AT_ONCE = 64 * 1024;

/**
 * Gives memory back at once, where Node.js can (from 22 on), so that the next piece takes it again: fresh
 * memory costs a fault of each of its pages.
 *
 * @param bytes all of their buffer; not used any more
 */
function giveBack({ buffer, length }: Buffer): void {
  const { transfer }: { transfer?: (length: number) => unknown } = ArrayBuffer.prototype as object;
  if (buffer.byteLength === length) transfer?.call(buffer, 0);
}

/**
 * Opens an envelope: compares the commitment in constant time, then decrypts and verifies
 * (docs/spec/envelope.md §6).
 *
 * @param dataKey 32 bytes
 * @param keyId UTF-8 of the primary key ID, as the payload's metadata holds it
 * @returns the plaintext in a fresh buffer that the caller owns, or `undefined` where the commitment is that
 *   of another data key
 * @throws DecryptionError when it is this one's, and the tag is wrong
 */
export function open(envelope: Envelope, dataKey: KeyObject, keyId: Uint8Array): Buffer | undefined {
  const { header } = envelope;
  let decipher: DecipherGCM;
  try {
    if (!derivesCommitment(dataKey, header)) return undefined;
    decipher = createDecipheriv('aes-256-gcm', cipherKey(CONTENT_KEY), NONCE, OPEN_OPTIONS);
  } finally {
    forgetPayloadKeys();
  }
  decipher.setAAD(aadOf(header, keyId));
  decipher.setAuthTag(envelope.tag);
  const plaintext = decipher.update(envelope.ciphertext);
  try {
    decipher.final();
  } catch {
    plaintext.fill(0);
    throw new DecryptionError();
  }
  return plaintext;
}

const OPEN_OPTIONS = { authTagLength: TAG_BYTES };

/** The AAD of the envelope that was opened last: most have the same key ID, and headers of one length. */
let opened: { readonly keyId: Buffer; readonly aad: EnvelopeAad } | undefined;

/** @returns memory that is written to when the next envelope is opened */
function aadOf(header: Uint8Array, keyId: Uint8Array): Buffer {
  if (opened?.aad.header.length !== header.length || !areEqual(opened.keyId, keyId)) {
    opened = { keyId: Buffer.from(keyId), aad: envelopeAad(keyId, header.length) };
  }
  opened.aad.header.set(header);
  return opened.aad.bytes;
}

/**
 * Whether a data key is the one that an envelope was sealed under: by the commitment, compared in constant
 * time (docs/spec/envelope.md §6, step 4).
 */
export function isCommittedTo({ header }: Envelope, dataKey: KeyObject): boolean {
  try {
    return derivesCommitment(dataKey, header);
  } finally {
    forgetPayloadKeys();
  }
}

const LABEL = Buffer.from('waxseal/v1/payload-keys', 'ascii');
const CONTENT_KEY_BYTES = 32;

/** `info ‖ 0x01`, with room for the salt. */
const BLOCK = Buffer.concat([
  LABEL,
  Uint8Array.of(FORMAT_VERSION, SUITE),
  Buffer.alloc(SALT_BYTES),
  Uint8Array.of(1),
]);

// Views of fresh memory for each payload would cost as much as a third of the derivation.
const SALT = BLOCK.subarray(LABEL.length + 2, -1);
const OKM = new Uint8Array(CONTENT_KEY_BYTES + COMMITMENT_BYTES);
const ZEROS = new Uint8Array(OKM.length);
const CONTENT_KEY = OKM.subarray(0, CONTENT_KEY_BYTES);
const COMMITMENT = OKM.subarray(CONTENT_KEY_BYTES);
/** The commitment that stands in the header of the envelope that is opened. */
const RECORDED = new Uint8Array(COMMITMENT_BYTES);

/**
 * Derives the content key and the key commitment of a payload by HMAC-SHA-512, as one block of HKDF-Expand
 * (docs/spec/envelope.md §5; RFC 5869 §2.3).
 *
 * @param dataKey 32 bytes
 * @param bytes hold the salt: 32 bytes from `saltAt` on, used once with this data key; it is what stands in
 *   {@link SALT} where they are left out
 * @returns 32 bytes of each, in memory that the next derivation writes to, and {@link forgetPayloadKeys}
 *   zeroes: to be called in any case
 */
export function derivePayloadKeys(dataKey: KeyObject, bytes?: Uint8Array, saltAt = 0): Uint8Array {
  if (bytes !== undefined) copyPart(bytes, saltAt, SALT);
  const okm = createHmac('sha512', dataKey).update(BLOCK).digest();
  OKM.set(okm);
  okm.set(ZEROS);
  return OKM;
}

export function forgetPayloadKeys(): void {
  OKM.set(ZEROS);
}

/** Derives the keys by the salt of a header, and compares the commitment there in constant time. */
function derivesCommitment(dataKey: KeyObject, header: Uint8Array): boolean {
  derivePayloadKeys(dataKey, header, SALT_AT);
  copyPart(header, COMMITMENT_AT, RECORDED);
  return timingSafeEqual(COMMITMENT, RECORDED);
}

/** Salts that are drawn from the system's generator at once: most of what a draw costs is the call. */
const POOL_SALTS = 256;

const pool = Buffer.allocUnsafeSlow(POOL_SALTS * SALT_BYTES);
let used = pool.length;

/**
 * Puts 32 fresh random bytes into {@link SALT}. Each is given once; a salt is public.
 *
 * Both clocks are mixed in, so that two copies of one process (a virtual machine restored twice from one
 * snapshot) do not go on with the same salts: the monotonic one goes on where it was, the other is set. XOR
 * with values that do not depend on the random bytes leaves them as random.
 */
function writeFreshSalt(): void {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  copyPart(pool, used, SALT);
  used += SALT_BYTES;
  const [seconds, nanoseconds] = process.hrtime();
  SALT.writeUInt32BE((SALT.readUInt32BE(0) ^ seconds) >>> 0, 0);
  SALT.writeUInt32BE((SALT.readUInt32BE(4) ^ nanoseconds) >>> 0, 4);
  SALT.writeUInt32BE((SALT.readUInt32BE(8) ^ Date.now()) >>> 0, 8);
}

/** Content keys as `createCipheriv` takes them in the least time. */
const cipherKey: (contentKey: Uint8Array) => Uint8Array | KeyObject = areKeyObjectsFaster()
  ? (contentKey) => createSecretKey(contentKey)
  : (contentKey) => contentKey;

/**
 * Whether a `KeyObject` is cheaper than the bytes of a key, which are copied either way. Releases of Node.js
 * differ in both directions by more than all else that is done here, so it is measured, once, in less than a
 * millisecond.
 */
function areKeyObjectsFaster(): boolean {
  const key = new Uint8Array(CONTENT_KEY_BYTES);
  let [bytesMs, objectMs] = [Infinity, Infinity];
  // The first are slow whichever way; the best of each is what it costs.
  for (let round = 0; round < 24; round++) {
    const start = performance.now();
    createCipheriv('aes-256-gcm', key, NONCE);
    const middle = performance.now();
    createCipheriv('aes-256-gcm', createSecretKey(key), NONCE);
    bytesMs = Math.min(bytesMs, middle - start);
    objectMs = Math.min(objectMs, performance.now() - middle);
  }
  return objectMs < bytesMs;
}
