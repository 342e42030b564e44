import { randomBytes } from 'node:crypto';
import { CleanUp, startPostgres, waitUntil } from '@waxseal/bring-up';
import { PostgresStore } from '@waxseal/store';
import { type Verdict, Writers } from './writers';

/** What the drill found. */
export interface FullDiskReport extends Verdict {
  readonly acknowledged: number;
  readonly errors: ReadonlyMap<string, number>;
}

const DISK_MEGABYTES = 400;

/**
 * Fills the disk of the database among writers, and makes room again. Needs the right to mount.
 *
 * @param payloads - half before the disk is full, and half after
 */
export async function fullDisk(payloads: number): Promise<FullDiskReport> {
  const cleanUp = new CleanUp();
  try {
    const server = await startPostgres({
      diskMegabytes: DISK_MEGABYTES,
      settings: { max_wal_size: '64MB', wal_keep_size: '0', wal_recycle: 'off' },
    });
    cleanUp.add(() => server.stop());
    const owner = new PostgresStore({ url: server.url });
    await owner.migrate();
    await owner.close();
    const writers = new Writers({
      url: server.url,
      key: randomBytes(32),
      payloads: Infinity,
      codecs: 4,
      atOnce: 8,
    });
    cleanUp.add(() => writers.close());
    const writing = writers.run();
    const hasWritten = (count: number): Promise<boolean> =>
      waitUntil(() => writers.acknowledged.length >= count, { timeoutMs: 120_000 });
    await hasWritten(payloads / 2);
    await server.fillDisk();
    const isFull = await waitUntil(() => [...writers.errors.keys()].length > 0, { timeoutMs: 60_000 });
    if (!isFull) throw new Error('The full disk was seen by no writer.');
    await server.emptyDisk();
    // Without room for its log PostgreSQL ends, and whoever supervises it starts it again.
    await server.restart();
    await hasWritten(writers.acknowledged.length + payloads / 2);
    writers.stop();
    await writing;
    return {
      ...(await writers.verify()),
      acknowledged: writers.acknowledged.length,
      errors: writers.errors,
    };
  } finally {
    await cleanUp.run();
  }
}
