import { webcrypto } from 'node:crypto';

import type { Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';

import { bytes, KEYS } from './peers';

const { Payload: PayloadMessage } = temporal.api.common.v1;

/**
 * What the TypeScript sample does, by WebCrypto as there: the codec of an application that does not know
 * Waxseal.
 */
export class SampleCodec implements PayloadCodec {
  readonly #key = webcrypto.subtle.importKey('raw', bytes(KEYS.samples), 'AES-GCM', false, [
    'encrypt',
    'decrypt',
  ]);

  encode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.all(
      payloads.map(async (payload) => {
        const iv = webcrypto.getRandomValues(new Uint8Array(12));
        const plaintext = PayloadMessage.encode(payload).finish();
        const sealed = await webcrypto.subtle.encrypt(
          { name: 'AES-GCM', iv },
          await this.#key,
          bytes(plaintext),
        );
        return {
          metadata: { encoding: bytes('binary/encrypted'), 'encryption-key-id': bytes('test-key-id') },
          data: bytes(Buffer.concat([iv, Buffer.from(sealed)])),
        };
      }),
    );
  }

  decode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.all(
      payloads.map(async (payload) => {
        if (Buffer.from(payload.metadata?.['encoding'] ?? []).toString() !== 'binary/encrypted')
          return payload;
        const data = bytes(payload.data ?? new Uint8Array());
        const algorithm = { name: 'AES-GCM', iv: data.subarray(0, 12) };
        return PayloadMessage.decode(
          new Uint8Array(await webcrypto.subtle.decrypt(algorithm, await this.#key, data.subarray(12))),
        );
      }),
    );
  }
}
