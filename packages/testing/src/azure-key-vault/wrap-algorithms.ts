import {
  constants,
  createCipheriv,
  createDecipheriv,
  privateDecrypt,
  publicEncrypt,
  type KeyObject,
} from 'node:crypto';

import type { AzureKeyMaterial } from './azure-key-vault-key-version';

/** Wraps and unwraps with one algorithm. Both throw on what the key or the algorithm does not take. */
interface WrapAlgorithm {
  wrap(material: AzureKeyMaterial, value: Uint8Array): Uint8Array;
  unwrap(material: AzureKeyMaterial, value: Uint8Array): Uint8Array;
}

/** RFC 3394 §2.2.3.1. */
const KEY_WRAP_IV = Buffer.alloc(8, 0xa6);

/** The algorithms of `wrapkey` and `unwrapkey`, by their names in the service's API. */
export const WRAP_ALGORITHMS: ReadonlyMap<string, WrapAlgorithm> = new Map([
  ['RSA-OAEP-256', rsaOaep('sha256')],
  ['RSA-OAEP', rsaOaep('sha1')],
  ['RSA1_5', { wrap: wrapPkcs1, unwrap: unwrapPkcs1 }],
  ['A128KW', aesKeyWrap(16)],
  ['A192KW', aesKeyWrap(24)],
  ['A256KW', aesKeyWrap(32)],
]);

function rsaOaep(oaepHash: string): WrapAlgorithm {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return {
    wrap: (material, value) => publicEncrypt({ key: rsa(material, 'publicKey'), oaepHash, padding }, value),
    unwrap: (material, value) =>
      privateDecrypt({ key: rsa(material, 'privateKey'), oaepHash, padding }, value),
  };
}

function wrapPkcs1(material: AzureKeyMaterial, value: Uint8Array): Uint8Array {
  return publicEncrypt({ key: rsa(material, 'publicKey'), padding: constants.RSA_PKCS1_PADDING }, value);
}

/** Node refuses PKCS #1 v1.5 decryption; RFC 8017 §7.2.2, for a double where no timing is of interest. */
function unwrapPkcs1(material: AzureKeyMaterial, value: Uint8Array): Uint8Array {
  const block = privateDecrypt(
    { key: rsa(material, 'privateKey'), padding: constants.RSA_NO_PADDING },
    value,
  );
  const end = block.indexOf(0, 2);
  if (block[0] !== 0 || block[1] !== 2 || end < 10) throw new Error('The padding is wrong.');
  return block.subarray(end + 1);
}

function aesKeyWrap(keyBytes: number): WrapAlgorithm {
  const name = `id-aes${String(keyBytes * 8)}-wrap`;
  return {
    wrap: (material, value) => {
      const cipher = createCipheriv(name, aes(material, keyBytes), KEY_WRAP_IV);
      return Buffer.concat([cipher.update(value), cipher.final()]);
    },
    unwrap: (material, value) => {
      const decipher = createDecipheriv(name, aes(material, keyBytes), KEY_WRAP_IV);
      return Buffer.concat([decipher.update(value), decipher.final()]);
    },
  };
}

function rsa(material: AzureKeyMaterial, part: 'publicKey' | 'privateKey'): KeyObject {
  if ('secret' in material) throw new Error('The key is no RSA key.');
  return material[part];
}

function aes(material: AzureKeyMaterial, keyBytes: number): KeyObject {
  if (!('secret' in material) || material.secret.symmetricKeySize !== keyBytes) {
    throw new Error('The key is no AES key of that size.');
  }
  return material.secret;
}
