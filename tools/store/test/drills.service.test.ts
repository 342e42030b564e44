import { randomBytes, randomUUID } from 'node:crypto';

import { expect, it } from '@jest/globals';
import type { Payload, SerializationContext } from '@temporalio/common';
import { startPostgres } from '@waxseal/bring-up';
import { TokenCodec } from '@waxseal/claim-check';
import { PgliteStore, PostgresStore, type Store } from '@waxseal/store';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';
import { describeWithPostgres } from '@waxseal/test-support/with-postgres';

import { failover } from '../src/failover';
import { envelopeCodec } from '../src/writers';

// `npm run store` has ten thousand payloads, a Worker beside them, a full disk and two million rows.
describeWithPostgres('a store whose primary is killed among writers', () => {
  it('loses nothing where the standby had to have it, also with a wrong clock', async () => {
    const report = await failover({ payloads: 1_500, isSynchronous: true, clockOffsetSeconds: -3_600 });
    expect(report.lost).toEqual([]);
    expect(report.wrong).toEqual([]);
    expect(report.kept).toBe(report.acknowledged);
    expect(report.acknowledged).toBe(1_500);
  }, 120_000);

  it('loses what the standby was behind by where it follows, says so, and gives nothing wrong', async () => {
    const report = await failover({ payloads: 3_000, isSynchronous: false, replicationLagMs: 200 });
    expect(report.wrong).toEqual([]);
    expect(report.kept + report.lost.length).toBe(report.acknowledged);
    expect(report.lost.length).toBeGreaterThan(0);
    expect(report.windowMs).toBeLessThan(1_000);
  }, 120_000);
});

describeWithPostgres('the same records', () => {
  it('give the same answers in PGlite and in PostgreSQL', async () => {
    const server = await startPostgres();
    const [embedded, postgres] = [new PgliteStore(), new PostgresStore({ url: server.url })];
    try {
      await postgres.migrate();
      const key = randomBytes(32);
      const codecOf = (store: Store): TokenCodec =>
        new TokenCodec({ store, codec: envelopeCodec(key), cache: false });
      const contexts: (SerializationContext | undefined)[] = [
        { type: 'workflow', namespace: 'shop', workflowId: randomUUID() },
        { type: 'activity', namespace: 'shop', workflowId: randomUUID(), activityId: '1', isLocal: false },
        undefined,
      ];
      const payloads: Payload[] = [
        jsonPayload({ card: '4111' }),
        { metadata: { encoding: Buffer.from('binary/plain') }, data: randomBytes(100_000) },
        { metadata: { encoding: Buffer.from('binary/null') } },
      ];
      // The naming keys are the same, so that the tokens are.
      for (const context of contexts) await codecOf(embedded).encode([jsonPayload('first')], context);
      for (const { name, bytes } of await embedded.keys.list('token-naming', undefined, 100)) {
        await postgres.keys.create('token-naming', name, bytes ?? new Uint8Array());
      }
      for (const context of contexts) {
        const [a, b] = [
          await codecOf(embedded).encode(payloads, context),
          await codecOf(postgres).encode(payloads, context),
        ];
        expect(b).toEqual(a);
        expect(await codecOf(postgres).decode(a, context)).toEqual(
          await codecOf(embedded).decode(b, context),
        );
        const missing = { ...a[0], data: randomBytes(16) };
        const errors = await Promise.all(
          [embedded, postgres].map((store) => rejectionOf(() => codecOf(store).decode([missing], context))),
        );
        expect(errors[1]?.message).toBe(errors[0]?.message);
      }
      expect((await postgres.tokens.stats()).records).toBe((await embedded.tokens.stats()).records - 3);
    } finally {
      await Promise.all([embedded.close(), postgres.close()]);
      await server.stop();
    }
  }, 120_000);
});
