import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';

/** A payload as a worker of the namespace `orders` encrypts it, in the JSON of a Codec Server. */
export async function encryptedPayload(keyFile: string, text: string): Promise<object> {
  const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: LocalKey.fromFile(keyFile) }) });
  const plain = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(text) };
  const context = { type: 'workflow', namespace: 'orders', workflowId: 'order-1' } as const;
  const [payload] = await codec.encode([plain], context);
  codec.close();
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const metadata = Object.entries(payload?.metadata ?? {}).map(([key, value]) => [key, base64(value)]);
  return {
    metadata: Object.fromEntries(metadata) as object,
    data: base64(payload?.data ?? new Uint8Array()),
  };
}
