import type { Payload } from '@temporalio/common';
import { temporal } from '@temporalio/proto';

import { DecryptionError } from '../errors/decryption-error';

const { Payload: PayloadMessage } = temporal.api.common.v1;

/**
 * Parses the plaintext of an envelope.
 *
 * @returns a payload whose bytes are in buffers of their own
 * @throws DecryptionError when the plaintext is no payload
 */
export function parsePayload(plaintext: Uint8Array): Payload {
  let message: temporal.api.common.v1.Payload;
  try {
    message = PayloadMessage.decode(plaintext);
  } catch {
    throw new DecryptionError();
  }
  const metadata: Record<string, Uint8Array> = {};
  for (const name of Object.keys(message.metadata)) {
    const value = new Uint8Array(message.metadata[name] ?? []);
    if (name !== '__proto__') metadata[name] = value;
    // By assignment, this one name would become the prototype and no entry.
    else
      Object.defineProperty(metadata, name, { value, enumerable: true, writable: true, configurable: true });
  }
  const payload: Payload = { metadata, data: new Uint8Array(message.data) };
  if (message.externalPayloads.length > 0) payload.externalPayloads = message.externalPayloads;
  return payload;
}
