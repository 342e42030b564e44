import { KMSClient } from '@aws-sdk/client-kms';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { AwsKmsKey } from '@waxseal/aws-kms';
import { CleanUp, waitUntil } from '@waxseal/bring-up';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { startAwsKmsDouble } from '@waxseal/testing';

/** What a reader gets. */
export interface ReaderTask {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly keyId: string;
  readonly cacheTtl: string;
  readonly maxStaleAge: string;
  /** In base64. */
  readonly payload: { readonly metadata: Readonly<Record<string, string>>; readonly data: string };
}

/** What a reader tells of itself, when it changes. */
export interface Told {
  readonly decodes: boolean;
  readonly encodes: boolean;
  readonly atMs: number;
}

/** Seconds from the revocation until no process could any more. */
export interface Revocation {
  readonly decoding: number;
  readonly encoding: number;
}

const PROCESSES = 3;

/**
 * Disables a key under processes that read and write with it.
 *
 * @param cacheTtl how long they keep unwrapped data keys
 * @param maxStaleAge how long they go on while the service refuses to wrap
 */
export async function measureRevocation(cacheTtl: string, maxStaleAge: string): Promise<Revocation> {
  const cleanUp = new CleanUp();
  try {
    const kms = await startAwsKmsDouble();
    cleanUp.add(() => kms.close());
    const key = kms.createKey();
    const credentials = { accessKeyId: 'AKIAREADER', secretAccessKey: 'not-a-secret' };
    const client = new KMSClient({ endpoint: kms.endpoint, region: 'eu-west-1', credentials });
    const codec = new EnvelopeCodec({
      keyring: new Keyring({ primary: new AwsKmsKey({ client, keyId: key.arn }) }),
    });
    cleanUp.add(() => {
      codec.close();
      client.destroy();
    });
    const [sealed] = await codec.encode([{ metadata: {}, data: new Uint8Array(16) }]);
    const base64 = (value: Uint8Array): string => Buffer.from(value).toString('base64');
    const metadata = Object.entries(sealed?.metadata ?? {}).map(([name, value]) => [name, base64(value)]);
    const task: ReaderTask = {
      endpoint: kms.endpoint,
      region: 'eu-west-1',
      ...credentials,
      keyId: key.arn,
      cacheTtl,
      maxStaleAge,
      payload: {
        metadata: Object.fromEntries(metadata) as Record<string, string>,
        data: base64(sealed?.data ?? new Uint8Array()),
      },
    };
    const last: (Told | undefined)[] = [];
    const since = { decodes: 0, encodes: 0 };
    for (let index = 0; index < PROCESSES; index++) {
      const child = spawn(process.execPath, [join(__dirname, 'reader.js'), JSON.stringify(task)], {
        env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      cleanUp.add(() => child.kill('SIGKILL'));
      createInterface({ input: child.stdout }).on('line', (line) => {
        const told = JSON.parse(line) as Told;
        if (!told.decodes && last[index]?.decodes === true)
          since.decodes = Math.max(since.decodes, told.atMs);
        if (!told.encodes && last[index]?.encodes === true)
          since.encodes = Math.max(since.encodes, told.atMs);
        last[index] = told;
      });
    }
    const all = (what: 'decodes' | 'encodes', is: boolean): boolean =>
      Array.from({ length: PROCESSES }, (_, index) => last[index]?.[what] === is).every(Boolean);
    await waitUntil(() => Promise.resolve(all('decodes', true) && all('encodes', true)));
    key.state = 'Disabled';
    const disabledMs = Date.now();
    await waitUntil(() => Promise.resolve(all('decodes', false) && all('encodes', false)), {
      timeoutMs: 120_000,
    });
    return { decoding: (since.decodes - disabledMs) / 1000, encoding: (since.encodes - disabledMs) / 1000 };
  } finally {
    await cleanUp.run();
  }
}
