// A process that reads a payload again and again, and tells when it can no more: JSON on standard output.
import { KMSClient } from '@aws-sdk/client-kms';
import { setTimeout as delay } from 'node:timers/promises';
import { AwsKmsKey } from '@waxseal/aws-kms';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import type { ReaderTask, Told } from './measure';

const EVERY_MS = 50;

async function main(task: ReaderTask): Promise<void> {
  const client = new KMSClient({
    endpoint: task.endpoint,
    region: task.region,
    credentials: { accessKeyId: task.accessKeyId, secretAccessKey: task.secretAccessKey },
    maxAttempts: 1,
  });
  const codec = new EnvelopeCodec({
    keyring: new Keyring({ primary: new AwsKmsKey({ client, keyId: task.keyId }) }),
    dataKeys: { cacheTtl: task.cacheTtl, maxStaleAge: task.maxStaleAge, maxAge: task.cacheTtl },
  });
  const sealed = {
    metadata: Object.fromEntries(
      Object.entries(task.payload.metadata).map(([name, value]) => [name, bytes(value)]),
    ),
    data: bytes(task.payload.data),
  };
  const works = async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch {
      return false;
    }
  };
  let decodes = false;
  let encodes = false;
  for (;;) {
    const now = {
      decodes: await works(() => codec.decode([sealed])),
      encodes: await works(() => codec.encode([{ metadata: {}, data: bytes('4242') }])),
    };
    if (now.decodes !== decodes || now.encodes !== encodes) {
      ({ decodes, encodes } = now);
      const told: Told = { ...now, atMs: Date.now() };
      process.stdout.write(`${JSON.stringify(told)}\n`);
    }
    await delay(EVERY_MS);
  }
}

function bytes(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

main(JSON.parse(process.argv[2] ?? '') as ReaderTask).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
