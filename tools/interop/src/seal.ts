import { createCipheriv, createHmac } from 'node:crypto';

/** What an envelope is put together from; nothing is checked, so that all of it can be made wrong. */
export interface EnvelopeParts {
  readonly dataKey: Buffer;
  readonly salt: Buffer;
  /** Serialised. */
  readonly context: Buffer;
  /** Serialised, with their number in front. */
  readonly wrappedKeys: Buffer;
  readonly plaintext: Buffer;
  /** UTF-8 of the primary key ID. */
  readonly keyId: Buffer;
}

/** Seals as docs/spec/envelope.md §§3 to 6 say. */
export function sealParts({ dataKey, salt, context, wrappedKeys, plaintext, keyId }: EnvelopeParts): Buffer {
  const suite = Buffer.of(1, 1);
  const label = Buffer.from('waxseal/v1/payload-keys');
  const okm = createHmac('sha512', dataKey)
    .update(Buffer.concat([label, suite, salt, Buffer.of(1)]))
    .digest();
  const header = Buffer.concat([suite, salt, okm.subarray(32), u16(context.length), context, wrappedKeys]);
  const cipher = createCipheriv('aes-256-gcm', okm.subarray(0, 32), Buffer.alloc(12));
  cipher.setAAD(Buffer.concat([Buffer.from('waxseal/v1/envelope'), u16(keyId.length), keyId, header]));
  return Buffer.concat([header, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** Wraps under a local key, as docs/spec/local-key.md §1 says. */
export function wrapParts(localKey: Buffer, keyId: Buffer, nonce: Buffer, dataKey: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', localKey, nonce);
  const aad = [
    Buffer.from('waxseal/v1/local-key'),
    u16(keyId.length),
    keyId,
    Buffer.from('waxseal/v1/data-key'),
  ];
  cipher.setAAD(Buffer.concat(aad));
  return Buffer.concat([Buffer.of(1), nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
}

/** `u16`, big-endian. */
export function u16(value: number): Buffer {
  return Buffer.of((value >> 8) & 0xff, value & 0xff);
}

/** `u16 length ‖ bytes`. */
export function prefixed(value: Buffer): Buffer {
  return Buffer.concat([u16(value.length), value]);
}
