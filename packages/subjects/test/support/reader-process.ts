import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { Payload } from '@temporalio/common';

const ROOT = join(__dirname, '../../../..');

/** Opens a payload again and again, for each line of standard input once. */
const PROGRAM = `
const { EnvelopeCodec, Keyring } = require('@waxseal/core');
const { LocalKey } = require('@waxseal/local-key');
const { PostgresStore } = require('@waxseal/store');
const { SubjectKeys } = require('@waxseal/subjects');
const store = new PostgresStore({ url: process.env.STORE_URL, environment: {} });
const keyring = new Keyring({ primary: new LocalKey({ id: 'orders', key: Buffer.alloc(32, 'orders') }) });
const subjects = new SubjectKeys({ store, keyring, forgetWithin: Number(process.env.FORGET_WITHIN_MS) });
const codec = new EnvelopeCodec({ keyring: subjects.keyring });
const { keyId, data } = JSON.parse(process.env.PAYLOAD);
const payload = {
  metadata: { encoding: Buffer.from('binary/envelope'), 'encryption-key-id': Buffer.from(keyId) },
  data: Buffer.from(data, 'base64'),
};
const context = { type: 'workflow', namespace: 'shop', workflowId: 'order-1' };
(async () => {
  for await (const line of require('node:readline').createInterface({ input: process.stdin })) {
    try {
      const [opened] = await codec.decode([payload], context);
      console.log(JSON.stringify({ value: JSON.parse(Buffer.from(opened.data).toString()) }));
    } catch ({ code, message }) {
      console.log(JSON.stringify({ code, message }));
    }
  }
  codec.close();
  subjects.close();
  await store.close();
})();
`;

/** What a process makes of the payload. */
export interface Reading {
  readonly value?: unknown;
  readonly code?: string;
  readonly message?: string;
}

/** A process of its own that reads one payload. The packages must be built. */
export interface ReaderProcess {
  read(): Promise<Reading>;
  close(): Promise<void>;
}

/** @param forgetWithinMs of its keys of subjects */
export function startReader(url: string, payload: Payload, forgetWithinMs: number): ReaderProcess {
  const child = spawn(process.execPath, ['-e', PROGRAM], {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'],
      STORE_URL: url,
      FORGET_WITHIN_MS: String(forgetWithinMs),
      PAYLOAD: JSON.stringify({
        keyId: Buffer.from(payload.metadata?.['encryption-key-id'] ?? []).toString(),
        data: Buffer.from(payload.data ?? []).toString('base64'),
      }),
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => {
      resolve();
    }),
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    read: async () => {
      child.stdin.write('\n');
      const { value = '', done } = (await lines.next()) as {
        readonly value?: string;
        readonly done?: boolean;
      };
      if (done === true) throw new Error(`The process ended: ${complaint}`);
      return JSON.parse(value) as Reading;
    },
    close: () => {
      child.stdin.end();
      return ended;
    },
  };
}
