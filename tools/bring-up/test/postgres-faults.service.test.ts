import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { startFreezingRelay } from '@waxseal/test-support';
import { describeWithPostgres } from '@waxseal/test-support/with-postgres';
import { Client } from 'pg';
import { CleanUp } from '../src/process';
import type { PostgresServer } from '../src/postgres/postgres-server';
import { startPostgres, type StartPostgresOptions } from '../src/postgres/start-postgres';
import { findCompiler } from '../src/postgres/wrong-clock';

const cleanUp = new CleanUp();
afterEach(() => cleanUp.run());

async function start(options?: StartPostgresOptions): Promise<PostgresServer> {
  const server = await startPostgres(options);
  cleanUp.add(() => server.stop());
  return server;
}

/** A test that a machine may be unable to run, which is then said. */
function itWhere(reasonNot: string | undefined): typeof it | typeof it.skip {
  if (reasonNot !== undefined) console.warn(`Not tested: a fault of PostgreSQL: ${reasonNot}`);
  return reasonNot === undefined ? it : it.skip;
}

/** Even root may be forbidden to mount, in a container. */
function whyNoDisk(): string | undefined {
  if (process.getuid?.() !== 0) return 'a small disk needs root.';
  const path = mkdtempSync(join(tmpdir(), 'waxseal-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'waxseal', path], { stdio: 'pipe' });
    execFileSync('umount', [path]);
    return undefined;
  } catch (error) {
    return `a small disk cannot be mounted: ${(error as Error).message.trim()}`;
  } finally {
    rmdirSync(path);
  }
}
const whyNoClock = findCompiler() === undefined ? 'a wrong clock needs Linux and a C compiler.' : undefined;

const hoursOff = async (server: PostgresServer): Promise<number> => {
  const [row] = await server.sql('SELECT clock_timestamp() AS now');
  return Math.round(((row?.['now'] as Date).getTime() - Date.now()) / 3_600_000);
};

describeWithPostgres('faults of PostgreSQL', () => {
  itWhere(whyNoDisk())('a full disk refuses writes and loses none', async () => {
    const server = await start({ diskMegabytes: 64 });
    await server.sql('CREATE TABLE orders (bytes bytea); INSERT INTO orders VALUES (NULL)');
    const write = `INSERT INTO orders SELECT sha512(i::text::bytea) FROM generate_series(1, 20000) i`;
    await server.fillDisk();
    await expect(server.sql(write)).rejects.toMatchObject({ code: '53100' });
    expect(await server.sql('SELECT count(*)::int FROM orders')).toEqual([{ count: 1 }]);
    await server.emptyDisk();
    await server.sql(write);
    expect(await server.sql('SELECT count(*)::int FROM orders')).toEqual([{ count: 20_001 }]);
  });

  itWhere(whyNoClock)('a clock is wrong for one server alone, and jumps while it runs', async () => {
    const server = await start({ clockOffsetSeconds: 5 * 3_600 });
    expect(await hoursOff(server)).toBe(5);
    await server.setClock(-24 * 3_600);
    expect(await hoursOff(server)).toBe(-24);
    await server.kill();
    await server.restart();
    expect(await hoursOff(server)).toBe(-24);
  });

  it('connections by way of a relay are cut, refused, silent or slow', async () => {
    const server = await start();
    const relay = await startFreezingRelay(server.port);
    cleanUp.add(() => relay.close());
    const connect = async (): Promise<Client> => {
      const connectionString = server.urlThrough(relay.port);
      const client = new Client({ connectionString, connectionTimeoutMillis: 1_000, query_timeout: 500 });
      client.on('error', () => undefined);
      cleanUp.add(() => client.end());
      await client.connect();
      return client;
    };
    const open = await connect();
    const query = open.query('SELECT pg_sleep(60)');
    const failed = expect(query).rejects.toThrow(/ECONNRESET|Connection terminated/);
    relay.cut();
    await failed;

    relay.upstream = undefined;
    await expect(connect()).rejects.toThrow(/ECONNRESET|Connection terminated/);
    relay.upstream = server.port;

    relay.freezeAll();
    await expect(connect()).rejects.toThrow('timeout');
    relay.thaw();

    const slow = await connect();
    relay.delayMs = 200;
    const asked = performance.now();
    const answer = await slow.query<{ last: number }>('SELECT max(i) AS last FROM generate_series(1, 9) i');
    expect(answer.rows).toEqual([{ last: 9 }]);
    expect(performance.now() - asked).toBeGreaterThan(390);
  });
});
