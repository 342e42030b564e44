import { ByteReader } from '../base/bytes';
import { MalformedEnvelopeError } from '../base/errors';
import {
  isKeyId,
  MAX_KEY_ID_BYTES,
  type KeyId,
  MAX_WRAPPED_KEY_BYTES,
  type WrappedKey,
} from '../key/key-encryption-key';
import { MAX_CONTEXT_BYTES, parseEncryptionContext } from './encryption-context';
import {
  type Envelope,
  COMMITMENT_BYTES,
  FORMAT_VERSION,
  MAX_CIPHERTEXT_BYTES,
  MAX_WRAPPED_KEYS,
  SALT_BYTES,
  SUITE,
  TAG_BYTES,
} from './envelope';

/**
 * `parse`, which gives its last result again when it gets the same bytes again: payloads come in runs that
 * share a key ID and an encryption context.
 *
 * @param parse depends on the bytes only, keeps no view of them, and gives what is not changed. What it
 *   throws is not remembered.
 */
export function rememberLast<T>(parse: (bytes: Uint8Array) => T): (bytes: Uint8Array) => T {
  let last: { readonly bytes: Buffer; readonly result: T } | undefined;
  return (bytes) => {
    if (last?.bytes.equals(bytes) !== true) last = { result: parse(bytes), bytes: Buffer.from(bytes) };
    return last.result;
  };
}

/** "AQ", "AQE": how base64 of the first bytes of an envelope begins. */
const BASE64_OF_VERSION_1 = 0x41;

const readContext = rememberLast(parseEncryptionContext);

/**
 * Parses the `data` of an outer payload (docs/spec/envelope.md §3). Allocates nothing in proportion to a
 * length that it has not checked, and copies no bytes.
 *
 * @param keyId the payload's `encryption-key-id`, which names the first wrapped key; checked by the caller
 * @param data read in place; must not change while the envelope is in use
 * @throws MalformedEnvelopeError
 */
export function parseEnvelope(keyId: KeyId, data: Uint8Array): Envelope {
  const reader = new ByteReader(data);
  const version = reader.readU8('Version');
  if (version !== FORMAT_VERSION) {
    throw new MalformedEnvelopeError(
      `Format version ${String(version)} is not known to this release, which reads version ${String(FORMAT_VERSION)}. ` +
        (version === BASE64_OF_VERSION_1
          ? 'The data looks as if it were base64 text: decode it first.'
          : 'Upgrade Waxseal where payloads are decoded.'),
    );
  }
  const suite = reader.readU8('Suite');
  if (suite !== SUITE) {
    throw new MalformedEnvelopeError(
      `Suite ${String(suite)} is not known to this release. Upgrade Waxseal where payloads are decoded.`,
    );
  }
  const salt = reader.readBytes(SALT_BYTES, 'Salt');
  const commitment = reader.readBytes(COMMITMENT_BYTES, 'Commitment');
  const context = readContext(reader.readPrefixedBytes(0, MAX_CONTEXT_BYTES, 'Encryption context'));
  const wrappedKeys = parseWrappedKeys(reader, keyId);
  const headerLength = reader.offset;
  const ciphertextLength = reader.remaining - TAG_BYTES;
  if (ciphertextLength < 0) {
    throw new MalformedEnvelopeError(
      `Tag: needs ${String(TAG_BYTES)} bytes after the header, and ${String(reader.remaining)} are left. The payload is truncated.`,
    );
  }
  if (ciphertextLength > MAX_CIPHERTEXT_BYTES) {
    throw new MalformedEnvelopeError('Ciphertext: longer than AES-GCM allows.');
  }
  const ciphertext = reader.readBytes(ciphertextLength, 'Ciphertext');
  const tag = reader.readBytes(TAG_BYTES, 'Tag');
  return {
    version,
    suite,
    salt,
    commitment,
    context,
    wrappedKeys,
    header: data.subarray(0, headerLength),
    ciphertext,
    tag,
  };
}

function parseWrappedKeys(reader: ByteReader, keyId: KeyId): [WrappedKey, ...WrappedKey[]] {
  const count = reader.readU8('Wrapped key count');
  if (count < 1 || count > MAX_WRAPPED_KEYS) {
    throw new MalformedEnvelopeError(
      `${String(count)} wrapped keys: an envelope has 1 to ${String(MAX_WRAPPED_KEYS)}.`,
    );
  }
  const wrappedKeys: [WrappedKey, ...WrappedKey[]] = [{ keyId, bytes: readWrappedKey(reader) }];
  while (wrappedKeys.length < count) {
    const otherId = reader.readPrefixedText(1, MAX_KEY_ID_BYTES, 'Key ID');
    if (!isKeyId(otherId)) {
      throw new MalformedEnvelopeError('Key ID: control characters are not allowed.');
    }
    if (wrappedKeys.some((wrapped) => wrapped.keyId === otherId)) {
      throw new MalformedEnvelopeError('Two wrapped keys have the same key ID.');
    }
    wrappedKeys.push({ keyId: otherId, bytes: readWrappedKey(reader) });
  }
  return wrappedKeys;
}

function readWrappedKey(reader: ByteReader): Uint8Array {
  return reader.readPrefixedBytes(1, MAX_WRAPPED_KEY_BYTES, 'Wrapped key');
}
