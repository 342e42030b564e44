import { createSecretKey } from 'node:crypto';

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type PostgresServer, startPostgres } from '@waxseal/bring-up';
import type { Payload } from '@temporalio/common';
import { EnvelopeCodec } from '@waxseal/core';
import { parseEnvelope, parsePayload, primaryKeyIdOf, WRAP_AAD } from '@waxseal/core/internal';
import { PostgresStore } from '@waxseal/store';
import { describeWithPostgres } from '@waxseal/test-support/with-postgres';

import { unwrapForSubject } from '../src/wrapping';
import {
  anybody,
  application,
  baseKeyring,
  keyIdOf,
  markedPayload,
  valueOf,
  workflow,
} from './support/application';
import { startReader } from './support/reader-process';

const CANARY = 'canary-of-ada';

describeWithPostgres('a subject that is forgotten', () => {
  let server: PostgresServer;
  let store: PostgresStore;

  beforeAll(async () => {
    server = await startPostgres();
    store = new PostgresStore({ url: server.url, environment: {} });
    await store.migrate();
  }, 300_000);
  afterAll(async () => {
    await store.close();
    await server.stop();
  });

  async function sealed(subject: string): Promise<Payload> {
    const { codec, close } = application(store);
    const [payload = {}] = await codec.encode([markedPayload(subject, CANARY)], workflow());
    close();
    return payload;
  }

  it('is forgotten by every process within the stated time, and by new ones at once', async () => {
    const forgetWithinMs = 4_000;
    const payload = await sealed(anybody());
    const readers = [1, 2].map(() => startReader(server.url, payload, forgetWithinMs));
    // All that they keep is fresh when the key goes.
    for (const reader of readers) expect(await reader.read()).toEqual({ value: CANARY });
    const { subjects, close } = application(store);
    await subjects.shred(keyIdOf(payload));
    const shreddedMs = performance.now();
    const startedLate = startReader(server.url, payload, forgetWithinMs);
    expect(await startedLate.read()).toMatchObject({ code: 'WAXSEAL_SUBJECT_SHREDDED' });
    const lastOpenedMs = await Promise.all(
      readers.map(async (reader) => {
        let last = 0;
        for (;;) {
          const { code, value } = await reader.read();
          if (value === undefined) {
            expect(code).toBe('WAXSEAL_SUBJECT_SHREDDED');
            return last;
          }
          last = performance.now() - shreddedMs;
          if (last > 3 * forgetWithinMs) throw new Error('It opens still.');
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }),
    );
    for (const last of lastOpenedMs) expect(last).toBeLessThanOrEqual(forgetWithinMs);
    // Once forgotten, it stays so.
    for (const reader of readers)
      expect(await reader.read()).toMatchObject({ code: 'WAXSEAL_SUBJECT_SHREDDED' });
    for (const each of [...readers, startedLate]) await each.close();
    close();
  }, 120_000);

  it('is in no dump that is taken after, whoever has the key of the application; in one from before it is', async () => {
    const payload = await sealed(anybody());
    const before = await server.dump();
    const { subjects, close } = application(store);
    await subjects.shred(keyIdOf(payload));
    const after = await server.dump();
    expect(await keysThatOpen(payload, before)).toBe(1);
    expect(await keysThatOpen(payload, after)).toBe(0);
    const name = Buffer.from(keyIdOf(payload).slice('subject/'.length));
    expect(after).toContain(name.toString('hex'));
    close();
  });

  it('comes back with a backup, and is forgotten again by its key ID', async () => {
    const payload = await sealed(anybody());
    const keyId = keyIdOf(payload);
    const name = keyId.slice('subject/'.length);
    const backup = (await store.keys.get('subject', name))?.bytes;
    const first = application(store);
    await first.subjects.shred(keyId);
    await server.sql('UPDATE waxseal.key SET record = $1, removed_at = NULL WHERE name = $2', [backup, name]);
    const restored = application(store);
    expect((await restored.codec.decode([payload], workflow())).map(valueOf)).toEqual([CANARY]);
    await restored.subjects.shred(keyId);
    const last = application(store);
    await expect(last.codec.decode([payload], workflow())).rejects.toMatchObject({
      code: 'WAXSEAL_SUBJECT_SHREDDED',
    });
    for (const each of [first, restored, last]) each.close();
  });
});

/** How many keys of a dump open a payload, to who has the key of the application. */
async function keysThatOpen(payload: Payload, dump: string): Promise<number> {
  const { keyId } = primaryKeyIdOf(payload);
  const { wrappedKeys } = parseEnvelope(keyId, payload.data ?? new Uint8Array());
  const codec = new EnvelopeCodec({ keyring: baseKeyring() });
  let opening = 0;
  // Names are shorter.
  for (const [, hex = ''] of dump.matchAll(/\\\\x([0-9a-f]{200,})/g)) {
    const [content] = await codec.decode([parsePayload(Buffer.from(hex, 'hex'))]);
    if (content?.data?.length !== 32) throw new Error('A record of the dump is no key.');
    const key = createSecretKey(content.data);
    if (unwrapForSubject(key, wrappedKeys[0], WRAP_AAD) !== undefined) opening += 1;
  }
  codec.close();
  return opening;
}
