import { EnvelopeCodec, Keyring } from '../../src';
import { jsonPayload } from '@waxseal/test-support';
import { TestKey } from './test-key';

/** Uses two codecs, leaves both open, and has nothing else to do. */
async function main(): Promise<void> {
  const key = new TestKey('orders/v1');
  const writer = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
  const reader = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
  await reader.decode(await writer.encode([jsonPayload(1)]));
  console.log('encoded and decoded');
}

void main();
