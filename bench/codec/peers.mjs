/** What others do to the same payloads, each with its keys at hand. */
import { randomBytes, webcrypto } from 'node:crypto';
import { Payload } from './floors.mjs';

const text = (value) => Buffer.from(value);

/**
 * As the encryption samples of Temporal's SDKs: WebCrypto, one key for all payloads, a random nonce, the whole payload within, no
 * associated data. Written afresh from their format.
 */
export async function sampleCodec(bytes = randomBytes(32)) {
  const key = await webcrypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
  return {
    encode: (payloads) =>
      Promise.all(
        payloads.map(async (payload) => {
          const iv = webcrypto.getRandomValues(new Uint8Array(12));
          const sealed = await webcrypto.subtle.encrypt(
            { name: 'AES-GCM', iv },
            key,
            Payload.encode(payload).finish(),
          );
          return {
            metadata: { encoding: text('binary/encrypted'), 'encryption-key-id': text('bench') },
            data: Buffer.concat([iv, new Uint8Array(sealed)]),
          };
        }),
      ),
    decode: (payloads) =>
      Promise.all(
        payloads.map(async (payload) => {
          if (text(payload.metadata.encoding).toString() !== 'binary/encrypted') return payload;
          const { data } = payload;
          const opened = await webcrypto.subtle.decrypt(
            { name: 'AES-GCM', iv: data.subarray(0, 12) },
            key,
            data.subarray(12),
          );
          return Payload.decode(new Uint8Array(opened));
        }),
      ),
  };
}

/** The AWS Encryption SDK with a key of its own in memory, as a message for each payload. */
async function encryptionSdkCodec(suiteName) {
  const sdk = await import('@aws-crypto/client-node');
  const { buildClient, CommitmentPolicy, RawAesKeyringNode, RawAesWrappingSuiteIdentifier } = sdk;
  const committing = suiteName === 'commit';
  const { encrypt, decrypt } = buildClient(
    committing
      ? CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT
      : CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT,
  );
  const keyring = new RawAesKeyringNode({
    keyName: 'bench',
    keyNamespace: 'bench',
    unencryptedMasterKey: new Uint8Array(randomBytes(32)),
    wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
  });
  const suiteId = committing
    ? sdk.AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY
    : sdk.AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY_ECDSA_P384;
  return {
    encode: (payloads) =>
      Promise.all(
        payloads.map(async (payload) => {
          const { result } = await encrypt(keyring, Payload.encode(payload).finish(), { suiteId });
          return { metadata: { encoding: text('awsencriptionsdk/binary/encrypted') }, data: result };
        }),
      ),
    decode: (payloads) =>
      Promise.all(payloads.map(async ({ data }) => Payload.decode((await decrypt(keyring, data)).plaintext))),
  };
}

/** Each peer by its name; those that are not installed are left out aloud. */
export async function peers() {
  const all = {
    "Temporal's sample": () => sampleCodec(),
    'AWS Encryption SDK, committing suite': () => encryptionSdkCodec('commit'),
    'AWS Encryption SDK, default suite': () => encryptionSdkCodec('default'),
  };
  const made = [];
  for (const [name, make] of Object.entries(all)) {
    try {
      made.push([name, await make()]);
    } catch (error) {
      console.log(`Left out: ${name} (${error.message}).`);
    }
  }
  return made;
}
