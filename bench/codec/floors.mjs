/**
 * What nobody can do without, for each direction: one AES-256-GCM pass of `node:crypto` under a key object and with a nonce that are
 * there, and protobufjs for the payload.
 */
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';

const { temporal } = createRequire(import.meta.url)('@temporalio/proto');
export const { Payload } = temporal.api.common.v1;

const NONCE = Buffer.alloc(12);
const key = createSecretKey(randomBytes(32));

/** A `json/plain` payload whose `data` has `bytes` bytes. */
export function jsonPayload(bytes) {
  const text = bytes < 2 ? '' : JSON.stringify('x'.repeat(bytes - 2));
  return { metadata: { encoding: Buffer.from('json/plain') }, data: new Uint8Array(Buffer.from(text)) };
}

/** As Temporal hands a payload over: decoded from protobuf. */
export function fromWire(payload) {
  return Payload.decode(Payload.encode(payload).finish());
}

function seal(payload) {
  const cipher = createCipheriv('aes-256-gcm', key, NONCE);
  const ciphertext = cipher.update(Payload.encode(payload).finish());
  cipher.final();
  return { ciphertext, tag: cipher.getAuthTag() };
}

function open({ ciphertext, tag }) {
  const decipher = createDecipheriv('aes-256-gcm', key, NONCE);
  decipher.setAuthTag(tag);
  const plaintext = decipher.update(ciphertext);
  decipher.final();
  return Payload.decode(plaintext);
}

/** The floors of both directions for these payloads. */
export function floorsOf(payloads) {
  const sealed = payloads.map(seal);
  return {
    encode: () => {
      for (const payload of payloads) seal(payload);
    },
    decode: () => {
      for (const each of sealed) open(each);
    },
  };
}

/** A codec that does that and no more: what `data` holds is ciphertext and tag. */
export const floorCodec = {
  encode: (payloads) =>
    payloads.map((payload) => {
      const { ciphertext, tag } = seal(payload);
      return { metadata: { encoding: Buffer.from('binary/floor') }, data: Buffer.concat([ciphertext, tag]) };
    }),
  decode: (payloads) =>
    payloads.map(({ data }) => open({ ciphertext: data.subarray(0, -16), tag: data.subarray(-16) })),
};
