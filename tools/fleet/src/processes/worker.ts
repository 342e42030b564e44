// A worker process of a fleet: encodes a payload every so often and tells its parent, and decodes what the
// parent gives it.
import { KMSClient } from '@aws-sdk/client-kms';
import { setTimeout as delay } from 'node:timers/promises';
import { AwsKmsKey } from '@waxseal/aws-kms';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { PostgresStore, SharedDataKeys } from '@waxseal/store';

/** What a worker gets. */
export interface WorkerTask {
  readonly endpoint: string;
  readonly keyId: string;
  /** Tells the worker's requests from others'. */
  readonly accessKeyId: string;
  /** Where data keys are shared; `undefined` where they are not. */
  readonly databaseUrl: string | undefined;
  readonly maxAgeMs: number;
}

/** A payload on its way between processes, in base64. */
export interface SentPayload {
  readonly metadata: Readonly<Record<string, string>>;
  readonly data: string;
}

/** What a worker tells its parent. */
export interface ToldByWorker {
  readonly encoded: SentPayload;
  /** Payloads that it could decode so far, and that it could not. */
  readonly decoded: number;
  readonly failed: number;
}

const EVERY_MS = 100;
/** Twenty processes that start at once on one machine are slow. */
const PATIENT = { maxConcurrent: 1, attemptTimeout: '10s', totalTimeout: '10s' };

async function main(task: WorkerTask): Promise<void> {
  const client = new KMSClient({
    endpoint: task.endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: task.accessKeyId, secretAccessKey: 'not-a-secret' },
    maxAttempts: 1,
  });
  const shared =
    task.databaseUrl === undefined
      ? undefined
      : new SharedDataKeys({
          store: new PostgresStore({ url: task.databaseUrl, requests: PATIENT }),
          patience: '10s',
        });
  const codec = new EnvelopeCodec({
    keyring: new Keyring({ primary: new AwsKmsKey({ client, keyId: task.keyId }) }),
    dataKeys: { maxAge: task.maxAgeMs, shared },
  });
  let decoded = 0;
  let failed = 0;
  process.on('message', (payloads: readonly SentPayload[]) => {
    for (const payload of payloads) {
      codec.decode([received(payload)]).then(
        () => (decoded += 1),
        () => (failed += 1),
      );
    }
  });
  await codec.warmUp();
  for (;;) {
    const [sealed] = await codec.encode([{ metadata: {}, data: new Uint8Array(16) }]);
    const told: ToldByWorker = { encoded: sent(sealed ?? {}), decoded, failed };
    process.send?.(told);
    await delay(EVERY_MS);
  }
}

type Payload = Awaited<ReturnType<EnvelopeCodec['encode']>>[number];

function sent({ metadata, data }: Payload): SentPayload {
  const texts = Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)]);
  return {
    metadata: Object.fromEntries(texts) as Record<string, string>,
    data: base64(data ?? new Uint8Array()),
  };
}

function received({ metadata, data }: SentPayload): Payload {
  const bytes = Object.entries(metadata).map(([name, value]) => [name, fromBase64(value)]);
  return { metadata: Object.fromEntries(bytes) as Record<string, Uint8Array>, data: fromBase64(data) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}

main(JSON.parse(process.argv[2] ?? '') as WorkerTask).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
