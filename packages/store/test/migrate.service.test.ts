import { randomUUID } from 'node:crypto';

import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { CleanUp, type PostgresServer, startPostgres } from '@waxseal/bring-up';
import { ConfigurationError } from '@waxseal/core';
import { describeWithPostgres } from '@waxseal/test-support/with-postgres';
import { Client } from 'pg';

import type { PostgresStore } from '../src';
import { SCHEMA_VERSION } from '../src/sql/schema';
import { makeRoles, migrated, type Roles, storeAt, urlOf } from './support/database';

const cleanUp = new CleanUp();
afterEach(() => cleanUp.run());

describeWithPostgres('a migration', () => {
  let server: PostgresServer;
  let roles: Roles;
  beforeAll(async () => {
    server = await startPostgres();
    roles = await makeRoles(server);
  }, 300_000);
  afterAll(() => server.stop());

  function storeOf(role: string, schema: string): PostgresStore {
    const store = storeAt(urlOf(role, roles, [server.port]), { schema });
    cleanUp.add(() => store.close());
    return store;
  }

  async function makeRole(name: string): Promise<void> {
    await server.sql(`CREATE ROLE ${name} LOGIN PASSWORD '${roles.password}'`);
  }

  it('makes the tables, and does nothing the second time', async () => {
    const store = storeOf('owner', 'twice');
    await expect(store.check()).rejects.toThrow(ConfigurationError);
    expect(await store.migrate()).toEqual({ from: 0, to: SCHEMA_VERSION });
    expect(await store.migrate()).toEqual({ from: SCHEMA_VERSION, to: SCHEMA_VERSION });
    await store.check();
  });

  it('needs no right to make schemas where there is one', async () => {
    await makeRole('tenant');
    await server.sql('CREATE SCHEMA given AUTHORIZATION tenant');
    await storeOf('tenant', 'given').migrate({ application: ['app'] });
    await storeOf('app', 'given').check();
    await expect(storeOf('tenant', 'other').migrate()).rejects.toMatchObject({
      reason: 'denied',
      sqlState: '42501',
    });
  });

  it('is made once by many at once', async () => {
    for (let round = 0; round < 5; round++) {
      const schema = `many_${String(round)}`;
      const stores = Array.from({ length: 8 }, () => storeOf('owner', schema));
      await Promise.all(stores.map((store) => store.check().catch(() => undefined)));
      const reports = await Promise.all(
        stores.map((store) => store.migrate({ application: ['app'], reader: ['reader'] })),
      );
      expect(new Set(reports.map(({ to }) => to))).toEqual(new Set([SCHEMA_VERSION]));
      await storeOf('app', schema).check();
    }
  });

  it('leaves an older release at work, and is refused by it', async () => {
    await migrated(roles, server.port, 'newer');
    await server.sql(`INSERT INTO newer.migration (version) VALUES (${String(SCHEMA_VERSION + 1)})`);
    await storeOf('app', 'newer').check();
    await expect(storeOf('owner', 'newer').migrate()).rejects.toThrow('Migrate with the newer release');
  });

  it('goes on while an application reads and writes', async () => {
    await migrated(roles, server.port, 'busy');
    const store = storeOf('app', 'busy');
    let isOver = false;
    const write = async (): Promise<number> => {
      let times = 0;
      for (; !isOver; times++) {
        const token = randomUUID();
        await store.tokens.put([{ token, scope: new Uint8Array(16), bytes: Buffer.of(1) }]);
        expect((await store.tokens.get([token])).records.size).toBe(1);
      }
      return times;
    };
    const writes = [write(), write()];
    for (let times = 0; times < 5; times++) await storeOf('owner', 'busy').migrate({ application: ['app'] });
    isOver = true;
    for (const times of await Promise.all(writes)) expect(times).toBeGreaterThan(0);
  });

  it('grants rights to roles of any name, and refuses what is none', async () => {
    await makeRole('"sa@project.iam"');
    await storeOf('owner', 'iam').migrate({ application: ['sa@project.iam'] });
    await storeOf('sa%40project.iam', 'iam').check();
    const store = storeOf('owner', 'iam');
    await expect(store.migrate({ reader: ['nobody"; DROP TABLE iam.token; --'] })).rejects.toMatchObject({
      sqlState: '42704',
    });
    await expect(store.migrate({ reader: [''] })).rejects.toThrow(ConfigurationError);
    await storeOf('sa%40project.iam', 'iam').check();
  });

  it('gives an application and a reader what they need, and no more', async () => {
    await migrated(roles, server.port, 'rights');
    const may = async (role: string, sql: string): Promise<boolean> => {
      const client = new Client({ connectionString: urlOf(role, roles, [server.port]) });
      await client.connect();
      try {
        await client.query('BEGIN');
        await client.query(sql);
        return true;
      } catch (error) {
        expect(error).toMatchObject({ code: '42501' });
        return false;
      } finally {
        await client.end();
      }
    };
    const both = ['SELECT * FROM rights.token', 'SELECT * FROM rights.key', 'SELECT * FROM rights.migration'];
    const application = [
      'DELETE FROM rights.token',
      'UPDATE rights.key SET record = NULL',
      "UPDATE rights.counter SET value = 1 WHERE name = 'collection'",
    ];
    const neither = [
      'DELETE FROM rights.key',
      'DELETE FROM rights.counter',
      "INSERT INTO rights.counter VALUES ('x', 1)",
      'INSERT INTO rights.migration VALUES (9)',
      'TRUNCATE rights.token',
      'DROP TABLE rights.token',
      'ALTER TABLE rights.token ADD COLUMN x text',
      'CREATE TABLE rights.mine (x text)',
      'CREATE SCHEMA mine',
    ];
    for (const sql of both)
      expect([sql, await may('app', sql), await may('reader', sql)]).toEqual([sql, true, true]);
    for (const sql of application) {
      expect([sql, await may('app', sql), await may('reader', sql)]).toEqual([sql, true, false]);
    }
    for (const sql of neither) {
      expect([sql, await may('app', sql), await may('reader', sql)]).toEqual([sql, false, false]);
    }
  });
});
