import { createCipheriv, randomBytes } from 'node:crypto';

import type { Payload } from '@temporalio/common';
import { KeyServiceError, type KeyEncryptionKey } from '@waxseal/core/provider';
import { serializePayload } from '@waxseal/core/internal';
import { jsonPayload } from '@waxseal/test-support';

import { bytes } from './peers';

/** What temporal-proxy writes of a payload, made without the code under test. */
export async function proxied(
  uri: string,
  wrap: (dataKey: Uint8Array) => Promise<Uint8Array> | Uint8Array,
  payload: Payload = jsonPayload('secret'),
  dataKey: Uint8Array = randomBytes(32),
): Promise<Payload> {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', dataKey, nonce);
  const text = Buffer.concat([cipher.update(Buffer.concat(serializePayload(payload))), cipher.final()]);
  return {
    metadata: {
      encoding: bytes('binary/encrypted'),
      'encryption-key-id': bytes(uri),
      'encryption-dek': bytes(Buffer.from(await wrap(dataKey)).toString('base64')),
    },
    data: bytes(Buffer.concat([nonce, text, cipher.getAuthTag()])),
  };
}

/** A key service in memory: it wraps by remembering. */
export class RememberingKey implements KeyEncryptionKey {
  readonly id: string;
  readonly bindsAad = false;
  /** What it was asked to unwrap. */
  readonly asked: Uint8Array[] = [];
  wraps = 0;
  isDown = false;
  readonly #dataKeys = new Map<string, Uint8Array>();

  constructor(id = 'remembering') {
    this.id = id;
  }

  remember = (dataKey: Uint8Array): Uint8Array => {
    const wrapped = randomBytes(40);
    this.#dataKeys.set(wrapped.toString('hex'), bytes(dataKey));
    return wrapped;
  };

  wrap = (dataKey: Uint8Array): Promise<{ keyId: string; bytes: Uint8Array }> => {
    this.wraps += 1;
    if (this.isDown) return Promise.reject(new KeyServiceError(this.id, 'unavailable'));
    return Promise.resolve({ keyId: this.id, bytes: this.remember(dataKey) });
  };

  unwrap = async (wrapped: { readonly bytes: Uint8Array }): Promise<Uint8Array> => {
    this.asked.push(wrapped.bytes);
    await new Promise(setImmediate);
    if (this.isDown) throw new KeyServiceError(this.id, 'unavailable');
    const dataKey = this.#dataKeys.get(Buffer.from(wrapped.bytes).toString('hex'));
    if (dataKey === undefined) throw new KeyServiceError(this.id, 'rejected-ciphertext');
    return bytes(dataKey);
  };
}
