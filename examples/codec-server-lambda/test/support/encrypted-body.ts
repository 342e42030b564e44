import { EnvelopeCodec, Keyring, type KeyEncryptionKey } from '@waxseal/core';
import { payloadOfJson, toProtojson } from '@waxseal/test-support';

/** The body of a request to decode: one payload, as a worker of the namespace `orders` encrypts it. */
export async function encryptedBody(primary: KeyEncryptionKey, text: string): Promise<string> {
  const codec = new EnvelopeCodec({ keyring: new Keyring({ primary }) });
  const context = { type: 'workflow', namespace: 'orders', workflowId: 'order-1' } as const;
  const [payload] = await codec.encode([payloadOfJson(text)], context);
  codec.close();
  return JSON.stringify({ payloads: [toProtojson(payload)] });
}
