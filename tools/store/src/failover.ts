import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CleanUp, startPostgres, startStandby, waitUntil } from '@waxseal/bring-up';
import { PostgresStore } from '@waxseal/store';
import { startFreezingRelay } from '@waxseal/test-support';
import { type Verdict, Writers } from './writers';

/** How a drill of a failover is run. */
export interface FailoverOptions {
  readonly payloads: number;
  /** Whether the primary acknowledges what the standby has alone. */
  readonly isSynchronous: boolean;
  /** How long before the kill the standby got the last from the primary. */
  readonly replicationLagMs?: number;
  /** How wrong the standby's clock is. */
  readonly clockOffsetSeconds?: number;
  /** Goes on beside the writers, with the URL of the store. */
  readonly beside?: (url: string, key: Uint8Array) => Promise<void>;
}

/** What a drill of a failover found. */
export interface FailoverReport extends Verdict {
  readonly acknowledged: number;
  readonly errors: ReadonlyMap<string, number>;
  /** From the kill to the first payload that was acknowledged after it, in milliseconds. */
  readonly downMs: number;
  /** How long before the kill the oldest payload was acknowledged that was lost; 0 where none was. */
  readonly windowMs: number;
}

/**
 * Kills the primary among writers and promotes its standby, with connections that are cut before and after.
 * Then asks for all that was acknowledged.
 */
export async function failover(options: FailoverOptions): Promise<FailoverReport> {
  const cleanUp = new CleanUp();
  try {
    const primary = await startPostgres({
      settings: { wal_sender_timeout: '2s', wal_receiver_timeout: '2s' },
    });
    cleanUp.add(() => primary.stop());
    const replication = await startFreezingRelay(primary.port);
    cleanUp.add(() => replication.close());
    const standby = await startStandby(primary, {
      through: replication.port,
      synchronous: options.isSynchronous,
      ...(options.clockOffsetSeconds === undefined ? {} : { clockOffsetSeconds: options.clockOffsetSeconds }),
    });
    cleanUp.add(() => standby.stop());
    const [first, second] = [await startFreezingRelay(primary.port), await startFreezingRelay(standby.port)];
    for (const relay of [first, second]) cleanUp.add(() => relay.close());
    const login = new URL(primary.url);
    const hosts = [first, second].map(({ port }) => `127.0.0.1:${String(port)}`).join(',');
    const url = `postgres://${login.username}:${login.password}@${hosts}${login.pathname}`;
    const owner = new PostgresStore({ url });
    await owner.migrate();
    await owner.close();

    const key = randomBytes(32);
    const writers = new Writers({ url, key, payloads: options.payloads, codecs: 4, atOnce: 8 });
    cleanUp.add(() => writers.close());
    const writing = writers.run();
    const beside = options.beside?.(url, key) ?? Promise.resolve();
    beside.catch(() => undefined);
    const hasWritten = (share: number): Promise<boolean> =>
      waitUntil(() => writers.acknowledged.length >= options.payloads * share, { timeoutMs: 300_000 });

    await hasWritten(0.15);
    first.cut();
    await hasWritten(0.3);
    if (options.replicationLagMs !== undefined) {
      replication.freezeAll();
      await sleep(options.replicationLagMs);
    }
    await primary.kill();
    const killedAtMs = Date.now();
    first.cut();
    await sleep(500);
    await standby.promote();
    await waitUntil(() => (writers.acknowledged.at(-1)?.atMs ?? 0) > killedAtMs + 20);
    const backAtMs = writers.acknowledged.find(({ atMs }) => atMs > killedAtMs + 20)?.atMs ?? Infinity;
    await hasWritten(0.7);
    second.cut();
    await writing;
    await beside;

    const verdict = await writers.verify();
    const oldest = Math.min(killedAtMs, ...verdict.lost.map(({ atMs }) => atMs));
    return {
      ...verdict,
      acknowledged: writers.acknowledged.length,
      errors: writers.errors,
      downMs: backAtMs - killedAtMs,
      windowMs: killedAtMs - oldest,
    };
  } finally {
    await cleanUp.run();
  }
}
