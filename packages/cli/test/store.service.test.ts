import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type PostgresServer, startPostgres } from '@waxseal/bring-up';
import { describeWithPostgres } from '@waxseal/test-support/with-postgres';

import { waxseal, type Ended } from './support/waxseal';

describeWithPostgres('waxseal store on PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
    for (const role of ['owner', 'worker', 'decoder']) {
      await server.sql(`CREATE ROLE "${role}" LOGIN PASSWORD 'password-of-${role}'`);
    }
    await server.sql('GRANT CREATE ON DATABASE postgres TO owner');
  }, 300_000);
  afterAll(() => server.stop());

  function store(role: string, args: readonly string[]): Promise<Ended> {
    return waxseal(['store', ...args], '', {
      WAXSEAL_STORE: `postgres://${role}@127.0.0.1:${String(server.port)}/postgres`,
      PGPASSWORD: `password-of-${role}`,
    });
  }

  const GRANTS = ['--grant', 'worker', '--grant-reader', 'decoder'];

  it('prints SQL that makes what a migration makes', async () => {
    const { exitCode, stdout } = await store('owner', ['migrate', ...GRANTS, '--dry-run']);
    expect(exitCode).toBe(0);
    expect(
      await server.sql("SELECT 1 FROM information_schema.schemata WHERE schema_name = 'waxseal'"),
    ).toEqual([]);
    await server.sql(`SET ROLE owner; ${stdout}`);
    expect(await store('worker', ['check'])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await store('decoder', ['stats'])).toMatchObject({ exitCode: 0, stderr: '' });
    const again = await store('owner', ['migrate', '--dry-run']);
    expect(again).toMatchObject({ exitCode: 0, stdout: '' });
    await server.sql('DROP SCHEMA waxseal CASCADE');
  });

  it('migrates and grants', async () => {
    expect(await store('worker', ['check'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('waxseal store migrate') as unknown,
    });
    const { exitCode, stdout } = await store('owner', ['migrate', ...GRANTS]);
    expect([exitCode, stdout.split('\n')]).toEqual([
      0,
      [
        expect.stringMatching(/^The schema waxseal is now of version \d+; it was of version 0\.$/),
        'Granted to worker: what an application needs.',
        'Granted to decoder: what a reader needs.',
        '',
      ],
    ]);
    expect(await store('worker', ['stats'])).toMatchObject({ exitCode: 0 });
    expect(await store('decoder', ['check'])).toMatchObject({ exitCode: 0 });
    expect(await store('worker', ['migrate'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('denied') as unknown,
    });
  });
});
