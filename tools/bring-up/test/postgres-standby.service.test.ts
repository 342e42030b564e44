import { afterEach, expect, it } from '@jest/globals';
import { describeWithPostgres } from '@waxseal/test-support/with-postgres';
import { CleanUp, waitUntil } from '../src/process';
import type { PostgresServer } from '../src/postgres/postgres-server';
import { startPostgres } from '../src/postgres/start-postgres';
import { startStandby, type PostgresStandby, type StartStandbyOptions } from '../src/postgres/start-standby';

const cleanUp = new CleanUp();
afterEach(() => cleanUp.run());

async function standbyOf(primary: PostgresServer, options?: StartStandbyOptions): Promise<PostgresStandby> {
  const standby = await startStandby(primary, options);
  cleanUp.add(() => standby.stop());
  return standby;
}

async function primaryWithOrders(): Promise<PostgresServer> {
  const primary = await startPostgres();
  cleanUp.add(() => primary.stop());
  await primary.sql('CREATE TABLE orders (id int)');
  return primary;
}

/** The identifiers that a server has. */
async function orders(server: PostgresServer): Promise<unknown[]> {
  return (await server.sql('SELECT id FROM orders ORDER BY id')).map(({ id }) => id);
}

describeWithPostgres('a standby of PostgreSQL', () => {
  it('shows what the primary has, takes no writes until it is promoted, and may have a standby then', async () => {
    const primary = await primaryWithOrders();
    const standby = await standbyOf(primary, { synchronous: true });
    await primary.sql('INSERT INTO orders VALUES (1)');
    await standby.waitForReplay();
    expect(await orders(standby)).toEqual([1]);
    await expect(standby.sql('INSERT INTO orders VALUES (2)')).rejects.toMatchObject({ code: '25006' });

    await primary.kill();
    await standby.promote();
    await standby.sql('INSERT INTO orders VALUES (2)');
    const next = await standbyOf(standby);
    await standby.sql('INSERT INTO orders VALUES (3)');
    await next.waitForReplay();
    expect(await orders(next)).toEqual([1, 2, 3]);
  });

  it('holds up every commit while it is away, where it is synchronous, and only then', async () => {
    const primary = await primaryWithOrders();
    const synchronous = await standbyOf(primary, { synchronous: true });
    const other = await standbyOf(primary);
    await other.kill();
    await primary.sql('INSERT INTO orders VALUES (1)');
    await other.restart();
    await synchronous.kill();
    let isDone = false;
    const insert = primary.sql('INSERT INTO orders VALUES (2)').then(() => {
      isDone = true;
    });
    const waits = "SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query LIKE 'INSERT%'";
    expect(await waitUntil(async () => (await primary.sql(waits)).length === 1)).toBe(true);
    expect([isDone, await orders(primary)]).toEqual([false, [1]]);
    await synchronous.restart();
    await insert;

    await other.waitForReplay();
    await primary.kill();
    await other.promote();
    await other.sql('INSERT INTO orders VALUES (3)');
    expect(await orders(other)).toEqual([1, 2, 3]);
  });
});
