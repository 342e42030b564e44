import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { describeWithPostgres } from '@waxseal/test-support/with-postgres';
import { Client } from 'pg';
import { CleanUp, startServiceProcess, waitUntil } from '../src/process';
import { findPostgres } from '../src/postgres/find-postgres';
import { childrenOf } from '../src/postgres/kill-postgres';
import type { PostgresServer } from '../src/postgres/postgres-server';
import { startPostgres } from '../src/postgres/start-postgres';

const cleanUp = new CleanUp();
afterEach(() => cleanUp.run());

async function start(options?: Parameters<typeof startPostgres>[0]): Promise<PostgresServer> {
  const server = await startPostgres(options);
  cleanUp.add(() => server.stop());
  return server;
}

async function processesOf(postmaster: number): Promise<number[]> {
  const children = await childrenOf(postmaster);
  expect(children.length).toBeGreaterThan(2);
  return [postmaster, ...children];
}

function runs(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}

/** Those that nobody waits for are there for a moment more. */
async function waitForEnd(processes: number[]): Promise<void> {
  expect(await waitUntil(() => !processes.some(runs), { timeoutMs: 5_000 })).toBe(true);
}

/** What the first connection gets, or the code that the server refuses it with. */
async function connect(url: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    return (await client.query<{ ssl: boolean }>('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'))
      .rows[0];
  } catch (error) {
    return (error as { code?: string }).code;
  } finally {
    await client.end();
  }
}

/** What a server that is killed leaves in the system: the seventh line of its file names it. */
function sharedMemoryOf(server: PostgresServer): string {
  const [, id = ''] =
    readFileSync(join(server.parts.folder.data, 'postmaster.pid'), 'utf8')
      .split('\n')[6]
      ?.trim()
      .split(/\s+/) ?? [];
  return id;
}

const sharedMemory = (): string[] =>
  execFileSync('ipcs', ['-m'], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.split(/\s+/)[1] ?? '');

describeWithPostgres('a PostgreSQL server', () => {
  it('answers who has the password, and leaves nothing behind', async () => {
    const server = await start({ settings: { work_mem: '3MB' }, maxConnections: 17 });
    expect(await server.sql('SHOW work_mem')).toEqual([{ work_mem: '3MB' }]);
    expect(await server.sql('SHOW max_connections; SHOW fsync')).toEqual([{ fsync: 'off' }]);
    expect(await server.sql('SELECT $1::int + 1 AS sum', [2])).toEqual([{ sum: 3 }]);
    expect(await connect(server.url.replace(server.parts.password, 'wrong'))).toBe('28P01');
    await server.sql("CREATE TABLE orders AS SELECT 'in the dump' AS text");
    expect(await server.dump()).toContain('in the dump');
    const processes = await processesOf(server.processId ?? 0);
    await server.stop();
    await waitForEnd(processes);
    expect(existsSync(server.parts.folder.path)).toBe(false);
    await expect(server.sql('SELECT 1')).rejects.toThrow('ECONNREFUSED');
  });

  it('has after a kill what was committed before it', async () => {
    const server = await start();
    await server.sql('CREATE TABLE orders (id int); INSERT INTO orders VALUES (1)');
    const processes = await processesOf(server.processId ?? 0);
    await server.kill();
    await waitForEnd(processes);
    expect(server.processId).toBeUndefined();
    await server.restart();
    expect(server.output()).toContain('automatic recovery in progress');
    expect(await server.sql('SELECT id FROM orders')).toEqual([{ id: 1 }]);
    await server.restart();
    expect(server.output()).not.toContain('automatic recovery');
    const memory = sharedMemoryOf(server);
    await server.kill();
    expect(sharedMemory()).toContain(memory);
    await server.stop();
    expect(existsSync(server.parts.folder.path)).toBe(false);
    expect(sharedMemory()).not.toContain(memory);
  });

  it('speaks TLS with a certificate that is verified, and names a setting that it does not start with', async () => {
    if (!(await findPostgres()).hasTls) {
      console.warn('Not tested: TLS: this PostgreSQL was built without it.');
      return;
    }
    const server = await start({ tls: true });
    expect(await connect(server.url)).toEqual({ ssl: true });
    expect(await connect(server.url.replace(/\?.*/, ''))).toBe('28000');
    expect(await connect(server.url.replace(/&.*/, ''))).toBe('SELF_SIGNED_CERT_IN_CHAIN');
    await server.parts.folder.append('disk/data/postgresql.auto.conf', "shared_buffers = 'much'\n");
    await expect(server.restart()).rejects.toThrow(
      /PostgreSQL .* does not start: it exited with code 1: .*"shared_buffers"/,
    );
  });

  it('ends, and its files go, when the process that started it is killed', async () => {
    const outer = await startServiceProcess(process.execPath, [
      '-e',
      `require(${JSON.stringify(require.resolve('@waxseal/bring-up'))}).startPostgres().then(async (server) => {
         const client = new (require('pg').Client)(server.url);
         await client.connect();
         console.log('inner', server.processId, server.parts.folder.path, 'ready');
       })`,
    ]);
    cleanUp.add(() => outer.stop());
    await waitUntil(() => outer.ended !== undefined || outer.output().includes('ready'));
    const [, id, folder = ''] = /inner (\d+) (\S+)/.exec(outer.output()) ?? [];
    const processes = await processesOf(Number(id));
    expect(existsSync(folder)).toBe(true);
    process.kill(outer.processId, 'SIGKILL');
    expect(await waitUntil(() => !processes.some(runs) && !existsSync(folder))).toBe(true);
  });
});
