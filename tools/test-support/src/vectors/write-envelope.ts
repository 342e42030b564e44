import { createCipheriv, createHmac } from 'node:crypto';

import { bytes } from './bytes';

/** A wrapped key of an envelope to be written; the ID as bytes, so that it can be ill-formed. */
export interface WrittenWrappedKey {
  readonly keyId: Uint8Array;
  readonly bytes: Uint8Array;
}

/** The parts of an envelope. Nothing is checked, so that each can be wrong while all the rest is right. */
export interface EnvelopeParts {
  readonly version: number;
  readonly suite: number;
  readonly dataKey: Uint8Array;
  readonly salt: Uint8Array;
  /** Serialized. */
  readonly context: Uint8Array;
  readonly wrappedKeys: readonly WrittenWrappedKey[];
  readonly plaintext: Uint8Array;
  /** What the header says instead of the number of {@link wrappedKeys}. */
  readonly count?: number;
  /** What stands in the header instead of the right commitment. */
  readonly commitment?: Uint8Array;
  /** What is authenticated instead of the right AAD. */
  readonly aad?: Uint8Array;
}

/** An envelope, with what an implementation computes on the way. */
export interface WrittenEnvelope {
  readonly envelope: Buffer;
  readonly header: Buffer;
  readonly commitment: Buffer;
  readonly contentKey: Buffer;
}

/** Writes an envelope as docs/spec/envelope.md §§3–6 say, independently of the code under test. */
export function writeEnvelope(parts: EnvelopeParts): WrittenEnvelope {
  const { version, suite, salt, context, wrappedKeys } = parts;
  const info = bytes.join(bytes.text('waxseal/v1/payload-keys'), bytes.u8(version), bytes.u8(suite), salt);
  const okm = createHmac('sha512', parts.dataKey).update(info).update(bytes.u8(1)).digest();
  const contentKey = okm.subarray(0, 32);
  const commitment = okm.subarray(32, 64);
  const header = bytes.join(
    bytes.u8(version),
    bytes.u8(suite),
    salt,
    parts.commitment ?? commitment,
    bytes.prefixed(context),
    bytes.u8(parts.count ?? wrappedKeys.length),
    ...wrappedKeys.map((wrapped, index) =>
      bytes.join(
        index === 0 ? Buffer.alloc(0) : bytes.prefixed(wrapped.keyId),
        bytes.prefixed(wrapped.bytes),
      ),
    ),
  );
  const primaryKeyId = wrappedKeys[0]?.keyId ?? Buffer.alloc(0);
  const cipher = createCipheriv('aes-256-gcm', contentKey, Buffer.alloc(12));
  cipher.setAAD(
    parts.aad ?? bytes.join(bytes.text('waxseal/v1/envelope'), bytes.prefixed(primaryKeyId), header),
  );
  const ciphertext = bytes.join(cipher.update(parts.plaintext), cipher.final());
  return { envelope: bytes.join(header, ciphertext, cipher.getAuthTag()), header, commitment, contentKey };
}
