import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';

import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { CleanUp, freePort, type PostgresServer, startPostgres, startStandby } from '@waxseal/bring-up';
import { rejectionOf, startFreezingRelay } from '@waxseal/test-support';
import { describeWithPostgres } from '@waxseal/test-support/with-postgres';
import { Client } from 'pg';

import type { PostgresStore, PostgresStoreOptions, TokenRecord } from '../src';
import { makeRoles, migrated, type Roles, storeAt, urlOf } from './support/database';

const cleanUp = new CleanUp();
afterEach(() => cleanUp.run());

function newRecord(): TokenRecord {
  return { token: randomUUID(), scope: new Uint8Array(16), bytes: Buffer.from(randomUUID()) };
}

async function putAndGet(store: PostgresStore): Promise<void> {
  const record = newRecord();
  await store.tokens.put([record]);
  const { records } = await store.tokens.get([record.token]);
  expect(Buffer.from(records.get(record.token) ?? [])).toEqual(record.bytes);
}

describeWithPostgres('a PostgreSQL database', () => {
  let server: PostgresServer;
  let roles: Roles;

  beforeAll(async () => {
    server = await startPostgres();
    roles = await makeRoles(server);
    await migrated(roles, server.port, 'waxseal');
  }, 300_000);
  afterAll(() => server.stop());

  function storeOn(
    ports: readonly number[],
    options: PostgresStoreOptions = {},
    role = 'app',
  ): PostgresStore {
    const store = storeAt(urlOf(role, roles, ports), options);
    cleanUp.add(() => store.close());
    return store;
  }

  /** Process ids of the connections that stores have. */
  async function connections(): Promise<number[]> {
    const rows = await server.sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'waxseal'");
    return rows.map(({ pid }) => Number(pid)).sort((a, b) => a - b);
  }

  /** Holds a lock on the tokens until it is let go. */
  async function lockTokens(): Promise<() => Promise<void>> {
    const client = new Client({ connectionString: server.url });
    await client.connect();
    await client.query('BEGIN');
    await client.query('LOCK TABLE waxseal.token IN ACCESS EXCLUSIVE MODE');
    let isHeld = true;
    const release = async (): Promise<void> => {
      if (isHeld) await client.end();
      isHeld = false;
    };
    cleanUp.add(release);
    return release;
  }

  it('is found behind a host that refuses', async () => {
    await putAndGet(storeOn([await freePort(), server.port]));
    await putAndGet(storeOn([server.port, await freePort()]));
  });

  it('is found behind a host that is silent', async () => {
    const relay = await startFreezingRelay(server.port);
    cleanUp.add(() => relay.close());
    relay.freezeAll();
    await putAndGet(storeOn([relay.port, server.port]));
  });

  it('is found behind a standby, which takes no writes', async () => {
    const standby = await startStandby(server);
    cleanUp.add(() => standby.stop());
    const store = storeOn([standby.port, server.port]);
    await putAndGet(store);
    const record = newRecord();
    await store.tokens.put([record]);
    await standby.waitForReplay();
    const reader = storeAt(urlOf('reader', roles, [standby.port], '?target_session_attrs=any'));
    cleanUp.add(() => reader.close());
    expect((await reader.tokens.get([record.token])).records.size).toBe(1);
    const requests = { attemptTimeout: '500ms', totalTimeout: '1s' } as const;
    const alone = storeAt(urlOf('app', roles, [standby.port]), { requests });
    cleanUp.add(() => alone.close());
    await expect(alone.tokens.get([record.token])).rejects.toMatchObject({ reason: 'unavailable' });
  }, 120_000);

  it('may lose connections that are idle', async () => {
    const relay = await startFreezingRelay(server.port);
    cleanUp.add(() => relay.close());
    const store = storeOn([relay.port]);
    for (let times = 0; times < 3; times++) {
      await Promise.all([putAndGet(store), putAndGet(store), putAndGet(store)]);
      relay.cut();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await putAndGet(store);
    await server.sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'waxseal'",
    );
    await putAndGet(store);
  });

  it('may fall silent on connections that are idle', async () => {
    const relay = await startFreezingRelay(server.port);
    cleanUp.add(() => relay.close());
    const store = storeOn([relay.port], { requests: { attemptTimeout: '500ms', totalTimeout: '4s' } });
    await putAndGet(store);
    relay.freeze();
    await putAndGet(store);
  });

  it('keeps its other connections when a caller gives up, or a statement waits too long', async () => {
    const store = storeOn([server.port], { requests: { attemptTimeout: '500ms', totalTimeout: '600ms' } });
    await Promise.all(Array.from({ length: 4 }, () => putAndGet(store)));
    const before = await connections();
    const release = await lockTokens();
    await expect(store.tokens.put([newRecord()])).rejects.toMatchObject({ reason: 'timeout' });
    await expect(store.tokens.get([randomUUID()], { signal: AbortSignal.timeout(50) })).rejects.toThrow();
    await release();
    await Promise.all(Array.from({ length: 4 }, () => putAndGet(store)));
    const kept = (await connections()).filter((pid) => before.includes(pid));
    expect(kept.length).toBeGreaterThanOrEqual(before.length - 2);
  });

  it('lets a request take longer that counts', async () => {
    const store = storeOn([server.port], { requests: { attemptTimeout: '300ms', totalTimeout: '400ms' } });
    await putAndGet(store);
    const release = await lockTokens();
    const counted = store.tokens.stats();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await release();
    expect((await counted).records).toBeGreaterThan(0);
    await lockTokens();
    await expect(store.tokens.put([newRecord()])).rejects.toMatchObject({ reason: 'timeout' });
  });

  it('says "not-durable" when a standby that must have it is gone', async () => {
    const requests = { attemptTimeout: '2s', totalTimeout: '3900ms' } as const;
    const store = storeOn([server.port], { requests });
    const record = newRecord();
    await server.waitForStandbys(['gone']);
    cleanUp.add(() => server.waitForStandbys([]));
    const isWaiting = async (): Promise<boolean> =>
      store.tokens.put([record]).then(
        () => false,
        () => true,
      );
    // A server reads its configuration when it is told to, and not at once.
    while (!(await isWaiting()));
    // It is never acknowledged. Where the server's answer to the cancellation comes later than the end of the
    // attempt, the reason is that.
    const reasons: unknown[] = [];
    while (reasons.length < 3 || (reasons.length < 10 && !reasons.includes('not-durable'))) {
      reasons.push((await rejectionOf(() => store.tokens.put([record])))['reason']);
    }
    expect(reasons).toContain('not-durable');
    expect(reasons.filter((reason) => reason !== 'not-durable' && reason !== 'timeout')).toEqual([]);
    expect((await store.tokens.get([record.token])).records.size).toBe(1);
    // What waits for a standby waits for ever, also where its connection has ended.
    const waiting = "SELECT count(*) AS count FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    while (Number((await server.sql(waiting))[0]?.['count']) > 0);
    const abort = store.tokens.put([record], { signal: AbortSignal.timeout(50) });
    await expect(abort).rejects.toThrow();
    while (Number((await server.sql(waiting))[0]?.['count']) > 0);
  }, 60_000);

  it('commits on disk though the role would not', async () => {
    await server.sql(`
      CREATE TABLE public.seen (commits text);
      GRANT INSERT ON public.seen TO app;
      CREATE FUNCTION public.see() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO public.seen VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$;
      CREATE TRIGGER see AFTER INSERT ON waxseal.token FOR EACH ROW EXECUTE FUNCTION public.see();
    `);
    cleanUp.add(async () => {
      await server.sql('ALTER ROLE app RESET synchronous_commit; DROP FUNCTION public.see() CASCADE');
      await server.sql('DROP TABLE public.seen');
    });
    for (const [set, expected] of [
      ['off', 'on'],
      ['local', 'on'],
      ['remote_apply', 'remote_apply'],
    ] as const) {
      await server.sql(`ALTER ROLE app SET synchronous_commit = '${set}'; TRUNCATE public.seen`);
      await storeOn([server.port]).tokens.put([newRecord()]);
      expect(await server.sql('SELECT commits FROM public.seen')).toEqual([{ commits: expected }]);
    }
  });

  it('says "throttled" when it takes no more connections', async () => {
    await server.sql('CREATE ROLE narrow LOGIN CONNECTION LIMIT 1 IN ROLE app');
    await server.sql(`ALTER ROLE narrow PASSWORD '${roles.password}'`);
    const requests = { attemptTimeout: '500ms', totalTimeout: '1s' } as const;
    const [first, second] = [
      storeOn([server.port], { requests }, 'narrow'),
      storeOn([server.port], { requests }, 'narrow'),
    ];
    await putAndGet(first);
    await expect(second.tokens.put([newRecord()])).rejects.toMatchObject({
      reason: 'throttled',
      sqlState: '53300',
    });
    await putAndGet(first);
  });

  it('is asked for a password for each connection', async () => {
    let asked = 0;
    const password = (): Promise<string> => {
      asked += 1;
      return Promise.resolve(roles.password);
    };
    const url = `postgres://app@127.0.0.1:${String(server.port)}/postgres`;
    const store = storeAt(url, { password });
    cleanUp.add(() => store.close());
    expect(asked).toBe(0);
    await Promise.all(Array.from({ length: 3 }, () => putAndGet(store)));
    const first = asked;
    expect(first).toBeGreaterThanOrEqual(1);
    await server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'");
    await putAndGet(store);
    expect(asked).toBeGreaterThan(first);
  });

  it('shows no password, and nothing of a function that gives one', async () => {
    const url = `postgres://app@127.0.0.1:${String(server.port)}/postgres`;
    const secret = 'token-of-the-cloud';
    const given: PostgresStoreOptions[] = [
      { password: () => Promise.reject(new Error(secret)) },
      { password: () => secret },
      { password: () => 7 as unknown as string },
      {},
    ];
    for (const options of given) {
      const store = storeAt(url, options);
      cleanUp.add(() => store.close());
      const error: unknown = await store.check().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ reason: 'denied', retryable: false });
      expect(inspect([error, store], { depth: 8, showHidden: true })).not.toContain(secret);
    }
  });

  it('says what is missing', async () => {
    const login = `app:${roles.password}@127.0.0.1:${String(server.port)}`;
    const elsewhere = storeAt(`postgres://${login}/nowhere`);
    cleanUp.add(() => elsewhere.close());
    await expect(elsewhere.check()).rejects.toMatchObject({ reason: 'schema', sqlState: '3D000' });
    await expect(storeOn([server.port], { schema: 'other' }).check()).rejects.toThrow(
      'waxseal store migrate',
    );
    await server.sql(`CREATE ROLE nobody LOGIN PASSWORD '${roles.password}'`);
    await expect(storeOn([server.port], {}, 'nobody').check()).rejects.toMatchObject({
      reason: 'denied',
      sqlState: '42501',
    });
  });

  it('keeps nothing where the counter of collections is gone', async () => {
    await migrated(roles, server.port, 'damaged');
    await server.sql('DELETE FROM damaged.counter');
    const store = storeOn([server.port], { schema: 'damaged' });
    await expect(store.tokens.put([newRecord()])).rejects.toMatchObject({ reason: 'schema' });
    await expect(store.tokens.beginCollection()).rejects.toMatchObject({ reason: 'schema' });
  });
});

describeWithPostgres('a PostgreSQL database that speaks TLS', () => {
  let server: PostgresServer;
  let roles: Roles;

  beforeAll(async () => {
    server = await startPostgres({ tls: true, settings: { listen_addresses: '127.0.0.1,127.0.0.2' } });
    roles = await makeRoles(server);
    const store = storeOf('owner', 'localhost', `sslmode=verify-full&sslrootcert=${String(server.caFile)}`);
    await store.migrate({ application: ['app'] });
    await store.close();
  }, 300_000);
  afterAll(() => server.stop());

  function storeOf(role: string, host: string, query: string): PostgresStore {
    return storeAt(`postgres://${role}:${roles.password}@${host}:${String(server.port)}/postgres?${query}`);
  }

  it.each([
    // The certificate is for localhost and 127.0.0.1.
    ['localhost', 'sslmode=verify-full&sslrootcert=CA'],
    ['127.0.0.1', 'sslmode=verify-full&sslrootcert=CA'],
    ['127.0.0.2', 'sslmode=verify-ca&sslrootcert=CA'],
    ['127.0.0.2', 'sslmode=require&sslrootcert=CA'],
    ['127.0.0.2', 'sslmode=require'],
  ])('is asked at %s with %s', async (host, query) => {
    const store = storeOf('app', host, query.replace('CA', String(server.caFile)));
    try {
      await store.check();
      const rows = await server.sql(
        "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'waxseal'",
      );
      expect(rows).toContainEqual({ ssl: true });
    } finally {
      await store.close();
    }
  });

  it.each([
    ['127.0.0.2', 'sslmode=verify-full&sslrootcert=CA', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['localhost', 'sslmode=verify-full', 'sslrootcert'],
    ['localhost', 'sslmode=verify-ca', 'sslrootcert'],
    ['localhost', 'sslmode=disable', '28000'],
  ])('is not asked at %s with %s', async (host, query, message) => {
    const store = storeOf('app', host, query.replace('CA', String(server.caFile)));
    try {
      const error: unknown = await store.check().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ reason: 'denied' });
      expect((error as Error).message).toContain(message);
      expect(inspect(error, { depth: 8, showHidden: true })).not.toContain(roles.password);
    } finally {
      await store.close();
    }
  });
});

describeWithPostgres('a PostgreSQL database without TLS', () => {
  it('is not asked where TLS is wanted', async () => {
    const server = await startPostgres();
    cleanUp.add(() => server.stop());
    const store = storeAt(`postgres://x@localhost:${String(server.port)}/postgres?sslmode=verify-full`);
    cleanUp.add(() => store.close());
    await expect(store.check()).rejects.toThrow('The server has no TLS: see sslmode');
  }, 120_000);
});
