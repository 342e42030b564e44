import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { payloadOfJson, toProtojson } from '@waxseal/test-support';

/** A payload as a worker of the namespace `orders` encrypts it, in the JSON of a Codec Server. */
export async function encryptedPayload(keyFile: string, text: string): Promise<object> {
  const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: LocalKey.fromFile(keyFile) }) });
  const context = { type: 'workflow', namespace: 'orders', workflowId: 'order-1' } as const;
  const [payload] = await codec.encode([payloadOfJson(text)], context);
  codec.close();
  return toProtojson(payload);
}
