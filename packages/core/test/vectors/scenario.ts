import {
  type EnvelopeParts,
  type WrittenWrappedKey,
  bytes,
  localWrap,
  protobuf,
  writeContext,
} from '@waxseal/test-support/vectors';

/** What one vector is made of, before anything in it is made wrong. */
export interface Scenario {
  /** Name of the vector: fixes all that is random in it. */
  readonly name: string;
  readonly localKey: (keyId: string) => Buffer;
  /** The data key under one local key. */
  readonly wrap: (keyId: string, dataKey?: Uint8Array) => WrittenWrappedKey;
  /** A right envelope: namespace `default`, one wrapped key `orders/v1`, a payload `json/plain`. */
  readonly parts: EnvelopeParts;
}

/** Plaintext of the payload that most vectors hold. */
export const JSON_PLAINTEXT = bytes.join(
  protobuf.metadataEntry('encoding', bytes.text('json/plain')),
  protobuf.data(bytes.text('{"orderId":"A-1001"}')),
);

/**
 * A scenario with bytes of its own. The first vector's bytes count up, so that they are easily told apart.
 */
export function scenario(name: string): Scenario {
  const first = name === '01-json-plain';
  const dataKey = first ? bytes.sequence(0x20, 32) : bytes.fixed(`${name} data key`, 32);
  const localKey = (keyId: string): Buffer =>
    first ? bytes.sequence(0x00, 32) : bytes.fixed(`${name} local key ${keyId}`, 32);
  const nonce = (keyId: string): Buffer =>
    first ? bytes.sequence(0x60, 12) : bytes.fixed(`${name} nonce ${keyId}`, 12);
  const wrap = (keyId: string, key: Uint8Array = dataKey): WrittenWrappedKey => ({
    keyId: bytes.text(keyId),
    bytes: localWrap(localKey(keyId), keyId, nonce(keyId), key),
  });
  const parts: EnvelopeParts = {
    version: 1,
    suite: 1,
    dataKey,
    salt: first ? bytes.sequence(0x40, 32) : bytes.fixed(`${name} salt`, 32),
    context: writeContext([['namespace', 'default']]),
    wrappedKeys: [wrap('orders/v1')],
    plaintext: JSON_PLAINTEXT,
  };
  return { name, localKey, wrap, parts };
}
