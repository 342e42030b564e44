import {
  createCipheriv,
  type KeyObject,
  createDecipheriv,
  createSecretKey,
  timingSafeEqual,
  createHmac,
  randomFillSync,
} from 'node:crypto';
import { DecryptionError } from '../base/errors';
import {
  envelopeAad,
  type EnvelopeAad,
  FORMAT_VERSION,
  SALT_BYTES,
  SUITE,
  TAG_BYTES,
  type Envelope,
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
 * @returns the envelope in a fresh buffer of its own
 */
export function seal(
  dataKey: KeyObject,
  aad: EnvelopeAad,
  plaintext: readonly Uint8Array[],
  salt?: Uint8Array,
): Uint8Array {
  const { header } = aad;
  if (salt === undefined) writeFreshSalt(header);
  else header.set(salt, SALT_AT);
  const cipher = withPayloadKeys(
    dataKey,
    header.subarray(SALT_AT, COMMITMENT_AT),
    ({ contentKey, commitment }) => {
      header.set(commitment, COMMITMENT_AT);
      return createCipheriv('aes-256-gcm', cipherKey(contentKey), NONCE);
    },
  );
  cipher.setAAD(aad.bytes);
  let length = header.length + TAG_BYTES;
  for (const piece of plaintext) length += piece.length;
  const envelope = new Uint8Array(length);
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
    }
  }
  cipher.final();
  envelope.set(cipher.getAuthTag(), offset);
  return envelope;
}

/** Bytes that fit into a processor's cache, so that they are copied from there. */
const SEALED_AT_ONCE = 64 * 1024;

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
  const decipher = withPayloadKeys(dataKey, envelope.salt, ({ contentKey, commitment }) =>
    timingSafeEqual(commitment, envelope.commitment)
      ? createDecipheriv('aes-256-gcm', cipherKey(contentKey), NONCE, OPEN_OPTIONS)
      : undefined,
  );
  if (decipher === undefined) return undefined;
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
  if (opened?.aad.header.length !== header.length || !opened.keyId.equals(keyId)) {
    opened = { keyId: Buffer.from(keyId), aad: envelopeAad(keyId, header.length) };
  }
  opened.aad.header.set(header);
  return opened.aad.bytes;
}

/**
 * Whether a data key is the one that an envelope was sealed under: by the commitment, compared in constant
 * time (docs/spec/envelope.md §6, step 4).
 */
export function isCommittedTo({ salt, commitment: committed }: Envelope, dataKey: KeyObject): boolean {
  return withPayloadKeys(dataKey, salt, ({ commitment }) => timingSafeEqual(commitment, committed));
}

/** Where salt and commitment stand in a header. */
const SALT_AT = 2;
const COMMITMENT_AT = SALT_AT + SALT_BYTES;

const LABEL = Buffer.from('waxseal/v1/payload-keys', 'ascii');
const CONTENT_KEY_BYTES = 32;

/** `info ‖ 0x01`, with room for the salt. */
const BLOCK = Buffer.concat([
  LABEL,
  Uint8Array.of(FORMAT_VERSION, SUITE),
  Buffer.alloc(SALT_BYTES),
  Uint8Array.of(1),
]);
const BLOCK_SALT_AT = LABEL.length + 2;

/** The keys of one payload: views of memory that is zeroed after use. */
export interface PayloadKeys {
  /** 32 bytes. */
  readonly contentKey: Uint8Array;
  /** 32 bytes; public. */
  readonly commitment: Uint8Array;
}

// Views of fresh memory for each payload cost as much as a third of the derivation.
const OKM = new Uint8Array(CONTENT_KEY_BYTES + COMMITMENT_BYTES);
const ZEROS = new Uint8Array(OKM.length);
const KEYS: PayloadKeys = {
  contentKey: OKM.subarray(0, CONTENT_KEY_BYTES),
  commitment: OKM.subarray(CONTENT_KEY_BYTES),
};

/**
 * Derives a payload's content key and key commitment by HMAC-SHA-512, as one block of HKDF-Expand
 * (docs/spec/envelope.md §5; RFC 5869 §2.3).
 *
 * @param dataKey 32 bytes
 * @param salt 32 bytes, used once with this data key
 * @param use gets the keys, which are zeroed when it returns or throws; it must not derive others
 * @returns what `use` returns
 */
export function withPayloadKeys<T>(dataKey: KeyObject, salt: Uint8Array, use: (keys: PayloadKeys) => T): T {
  BLOCK.set(salt, BLOCK_SALT_AT);
  const okm = createHmac('sha512', dataKey).update(BLOCK).digest();
  OKM.set(okm);
  okm.set(ZEROS);
  try {
    return use(KEYS);
  } finally {
    OKM.set(ZEROS);
  }
}

/** Salts that are drawn from the system's generator at once: most of what a draw costs is the call. */
const POOL_SALTS = 256;

const pool = Buffer.allocUnsafeSlow(POOL_SALTS * SALT_BYTES);
let used = pool.length;

/**
 * Writes 32 fresh random bytes into a header. Each is given once; a salt is public.
 *
 * Both clocks are mixed in, so that two copies of one process (a virtual machine restored twice from one
 * snapshot) do not go on with the same salts: the monotonic one goes on where it was, the other is set. XOR
 * with values that do not depend on the random bytes leaves them as random.
 */
function writeFreshSalt(header: Buffer): void {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  pool.copy(header, SALT_AT, used, used + SALT_BYTES);
  used += SALT_BYTES;
  const [seconds, nanoseconds] = process.hrtime();
  header.writeUInt32BE((header.readUInt32BE(SALT_AT) ^ seconds) >>> 0, SALT_AT);
  header.writeUInt32BE((header.readUInt32BE(SALT_AT + 4) ^ nanoseconds) >>> 0, SALT_AT + 4);
  header.writeUInt32BE((header.readUInt32BE(SALT_AT + 8) ^ Date.now()) >>> 0, SALT_AT + 8);
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
