import {
  createCipheriv,
  type KeyObject,
  createDecipheriv,
  timingSafeEqual,
  createHmac,
  randomFillSync,
} from 'node:crypto';
import { DecryptionError } from '../base/errors';
import {
  envelopeAad,
  FIXED_HEADER_BYTES,
  FORMAT_VERSION,
  SALT_BYTES,
  SUITE,
  TAG_BYTES,
  type Envelope,
  COMMITMENT_BYTES,
} from './envelope';

/** Constant, because each content key seals one payload only (docs/spec/envelope.md §6). */
const NONCE: Uint8Array = new Uint8Array(12);

/** What {@link seal} needs. Everything is read only. */
interface SealInput {
  /** 32 bytes. */
  readonly dataKey: KeyObject;
  /** UTF-8 of the primary key ID. */
  readonly keyId: Uint8Array;
  /** Serialized encryption context. */
  readonly context: Uint8Array;
  /** Serialized wrapped keys. */
  readonly wrappedKeys: Uint8Array;
  /** The plaintext, in pieces that are sealed one after the other. */
  readonly plaintext: readonly Uint8Array[];
}

/**
 * Seals one payload into an envelope (docs/spec/envelope.md §6).
 *
 * @param salt 32 fresh random bytes; given only where vectors are written. A salt that is used twice with one
 *   data key breaks the cipher.
 * @returns the envelope in a fresh buffer of its own
 */
export function seal(input: SealInput, salt: Uint8Array = freshSalt()): Uint8Array {
  const { keyId, context, wrappedKeys, plaintext } = input;
  const plaintextLength = plaintext.reduce((sum, piece) => sum + piece.length, 0);
  const headerLength = FIXED_HEADER_BYTES + 2 + context.length + wrappedKeys.length;
  const { aad, headerAt } = envelopeAad(keyId, headerLength);
  const header = aad.subarray(headerAt);
  header[0] = FORMAT_VERSION;
  header[1] = SUITE;
  header.set(salt, 2);
  header.writeUInt16BE(context.length, FIXED_HEADER_BYTES);
  header.set(context, FIXED_HEADER_BYTES + 2);
  header.set(wrappedKeys, FIXED_HEADER_BYTES + 2 + context.length);
  const cipher = withPayloadKeys(input.dataKey, salt, ({ contentKey, commitment }) => {
    header.set(commitment, 2 + SALT_BYTES);
    return createCipheriv('aes-256-gcm', contentKey, NONCE);
  });
  cipher.setAAD(aad);

  const envelope = new Uint8Array(headerLength + plaintextLength + TAG_BYTES);
  envelope.set(header);
  let offset = headerLength;
  for (const piece of plaintext) {
    envelope.set(cipher.update(piece), offset);
    offset += piece.length;
  }
  cipher.final();
  envelope.set(cipher.getAuthTag(), offset);
  return envelope;
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
  const decipher = withPayloadKeys(dataKey, envelope.salt, ({ contentKey, commitment }) =>
    timingSafeEqual(commitment, envelope.commitment)
      ? createDecipheriv('aes-256-gcm', contentKey, NONCE, { authTagLength: TAG_BYTES })
      : undefined,
  );
  if (decipher === undefined) return undefined;
  const { aad, headerAt } = envelopeAad(keyId, envelope.header.length);
  aad.set(envelope.header, headerAt);
  decipher.setAAD(aad);
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

/**
 * Whether a data key is the one that an envelope was sealed under: by the commitment, compared in constant
 * time (docs/spec/envelope.md §6, step 4).
 */
export function isCommittedTo({ salt, commitment: committed }: Envelope, dataKey: KeyObject): boolean {
  return withPayloadKeys(dataKey, salt, ({ commitment }) => timingSafeEqual(commitment, committed));
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
const SALT_AT = LABEL.length + 2;

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
  BLOCK.set(salt, SALT_AT);
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
 * 32 fresh random bytes. Each is given once; a salt is public.
 *
 * Both clocks are mixed in, so that two copies of one process (a virtual machine restored twice from one
 * snapshot) do not go on with the same salts: the monotonic one goes on where it was, the other is set. XOR
 * with values that do not depend on the random bytes leaves them as random.
 *
 * @returns a buffer that the caller owns
 */
function freshSalt(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const salt = Buffer.allocUnsafe(SALT_BYTES);
  pool.copy(salt, 0, used, used + SALT_BYTES);
  used += SALT_BYTES;
  const [seconds, nanoseconds] = process.hrtime();
  salt.writeUInt32BE((salt.readUInt32BE(0) ^ seconds) >>> 0, 0);
  salt.writeUInt32BE((salt.readUInt32BE(4) ^ nanoseconds) >>> 0, 4);
  salt.writeUInt32BE((salt.readUInt32BE(8) ^ Date.now()) >>> 0, 8);
  return salt;
}
