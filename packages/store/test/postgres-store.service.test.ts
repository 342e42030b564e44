import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { type PostgresServer, startPostgres } from '@waxseal/bring-up';
import { describeStore, type StoreHarness } from '@waxseal/conformance';
import { startFreezingRelay } from '@waxseal/test-support';
import { describeWithPostgres } from '@waxseal/test-support/with-postgres';

import type { PostgresStore } from '../src';
import { makeRoles, migrated, type Roles, storeAt, urlOf } from './support/database';

const ELSEWHERE = 'another file has servers of its own for it';

describeWithPostgres('PostgresStore', () => {
  let server: PostgresServer;
  let roles: Roles;
  let opened = 0;

  beforeAll(async () => {
    server = await startPostgres();
    roles = await makeRoles(server);
  }, 300_000);
  afterAll(() => server.stop());

  async function open(): Promise<StoreHarness> {
    opened += 1;
    const schema = `case_${String(opened)}`;
    await migrated(roles, server.port, schema);
    const relay = await startFreezingRelay(server.port);
    const stores: PostgresStore[] = [];
    let role = 'app';
    const storeOf = (given: string, of: string, requests = {}): PostgresStore => {
      const store = storeAt(urlOf(given, roles, [relay.port]), { schema: of, requests });
      stores.push(store);
      return store;
    };
    return {
      secrets: [roles.password],
      store: (deadlines) =>
        storeOf(
          role,
          schema,
          deadlines === undefined
            ? {}
            : { attemptTimeout: deadlines.attemptMs, totalTimeout: deadlines.totalMs },
        ),
      emptyStore: () => storeOf(role, 'empty'),
      disconnect: () => {
        relay.upstream = undefined;
        relay.cut();
      },
      reconnect: () => {
        relay.upstream = server.port;
      },
      delay: (ms) => {
        relay.delayMs = ms;
      },
      cut: () => {
        relay.cut();
      },
      denyWrites: () => {
        role = 'reader';
      },
      close: async () => {
        await Promise.all(stores.map((store) => store.close()));
        await relay.close();
        await server.sql(`DROP SCHEMA ${schema} CASCADE`);
      },
    };
  }

  describeStore(
    { describe, it },
    { name: 'PostgresStore', without: { failover: ELSEWHERE, loseQuorum: ELSEWHERE, fill: ELSEWHERE }, open },
  );
});
