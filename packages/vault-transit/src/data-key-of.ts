import { DATA_KEY_BYTES } from '@waxseal/core';

import { jsonObject, type JsonObject } from './json-object';
import { VaultProtocolError } from './vault-protocol-error';

/**
 * The data key in the answer to a decryption, in a fresh buffer.
 *
 * @returns `undefined` when what was decrypted is no data key
 * @throws VaultProtocolError when there is no plaintext in the answer
 */
export function dataKeyOf(answer: JsonObject): Uint8Array | undefined {
  const { plaintext } = jsonObject(answer['data']);
  if (typeof plaintext !== 'string') {
    throw new VaultProtocolError('The answer holds no plaintext. Check that mount is a Transit engine.');
  }
  if (!/^[A-Za-z0-9+/]{43}=$/.test(plaintext)) return undefined;
  // Buffer.from(string) may take from the shared pool, where bytes cannot be zeroed for good.
  const dataKey = Buffer.alloc(DATA_KEY_BYTES);
  return dataKey.write(plaintext, 'base64') === DATA_KEY_BYTES ? dataKey : undefined;
}
