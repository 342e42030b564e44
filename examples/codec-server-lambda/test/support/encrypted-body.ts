import { EnvelopeCodec, Keyring, type KeyEncryptionKey } from '@waxseal/core';

/** The body of a request to decode: one payload, as a worker of the namespace `orders` encrypts it. */
export async function encryptedBody(primary: KeyEncryptionKey, text: string): Promise<string> {
  const codec = new EnvelopeCodec({ keyring: new Keyring({ primary }) });
  const plain = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(text) };
  const context = { type: 'workflow', namespace: 'orders', workflowId: 'order-1' } as const;
  const [payload] = await codec.encode([plain], context);
  codec.close();
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const metadata = Object.entries(payload?.metadata ?? {}).map(([key, value]) => [key, base64(value)]);
  const data = base64(payload?.data ?? new Uint8Array());
  return JSON.stringify({ payloads: [{ metadata: Object.fromEntries(metadata) as object, data }] });
}
