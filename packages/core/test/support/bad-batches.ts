import { setTimeout as sleep } from 'node:timers/promises';

import type { Payload } from '@temporalio/common';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import { EnvelopeCodec, KeyServiceError, Keyring } from '../../src';
import { TestKey } from './test-key';

/** Batches in which one payload is bad while the request for another is under way and fails later. */
async function main(): Promise<void> {
  const keys = [new TestKey('a'), new TestKey('b')];
  const sealed: Payload[] = [];
  for (const primary of keys) {
    const codec = new EnvelopeCodec({ keyring: new Keyring({ primary }) });
    sealed.push(...(await codec.encode([jsonPayload(1)])));
  }
  for (const [index, key] of keys.entries()) {
    key.failure = new KeyServiceError(key.id, 'unavailable');
    key.gate = sleep(50 * (index + 1));
  }
  const broken = { ...sealed[0], data: new Uint8Array([1]) };
  const reader = new EnvelopeCodec({ keyring: new Keyring({ decryptOnly: keys }) });
  const writer = new EnvelopeCodec({
    keyring: new Keyring({ primary: keys[0] }),
    dataKeys: { maxMessages: 1 },
  });
  const errors = [
    await rejectionOf(() => reader.decode([...sealed, broken])),
    await rejectionOf(() => reader.decode(sealed)),
    await rejectionOf(() => writer.encode([jsonPayload(1), jsonPayload(2)])),
  ];
  await sleep(200);
  console.log(errors.map((error) => error['code']).join(' '));
}

void main();
