import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';

const { Payload: PayloadMessage } = temporal.api.common.v1;
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Writes payloads as Temporal's proxy does (go.temporal.io/proxy, pkg/codec): AES-256-GCM of the whole
 * payload under a data key, whose wrapped form stands in the metadata. What is wrapped is not of interest.
 */
export class ProxyCodec implements PayloadCodec {
  readonly #keyId: string;
  readonly #dataKey = randomBytes(32);
  readonly #wrapped = randomBytes(72).toString('base64');

  constructor(keyId: string) {
    this.#keyId = keyId;
  }

  encode(payloads: Payload[]): Promise<Payload[]> {
    const encoded = payloads.map((payload) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', this.#dataKey, nonce);
      const sealed = [nonce, cipher.update(PayloadMessage.encode(payload).finish()), cipher.final()];
      return {
        metadata: {
          encoding: text('binary/encrypted'),
          'encryption-key-id': text(this.#keyId),
          'encryption-dek': text(this.#wrapped),
        },
        data: new Uint8Array(Buffer.concat([...sealed, cipher.getAuthTag()])),
      };
    });
    return Promise.resolve(encoded);
  }

  decode(payloads: Payload[]): Promise<Payload[]> {
    const decoded = payloads.map((payload) => {
      const { metadata, data } = payload;
      if (metadata?.['encryption-dek'] === undefined || data == null) return payload;
      const decipher = createDecipheriv('aes-256-gcm', this.#dataKey, data.subarray(0, NONCE_BYTES));
      decipher.setAuthTag(data.subarray(-TAG_BYTES));
      const plain = [decipher.update(data.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()];
      return PayloadMessage.decode(Buffer.concat(plain));
    });
    return Promise.resolve(decoded);
  }
}
