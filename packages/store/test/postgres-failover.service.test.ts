import { describe, it } from '@jest/globals';
import { CleanUp, startPostgres, startStandby } from '@waxseal/bring-up';
import {
  type ConformanceRunner,
  describeStore,
  type StoreDeadlines,
  type StoreHarness,
  storeCases,
} from '@waxseal/conformance';
import { describeWithPostgres } from '@waxseal/test-support/with-postgres';

import type { PostgresStore } from '../src';
import { makeRoles, migrated, storeAt, urlOf } from './support/database';

const MINUTES = 180_000;

/** Runs the cases that need this, and names no other. */
function only(need: 'failover' | 'loseQuorum' | 'fill'): ConformanceRunner {
  const names = new Set(storeCases.filter(({ needs }) => needs.includes(need)).map(({ name }) => name));
  const named = (name: string, run: () => Promise<void>): void => {
    if (names.has(name)) it(name, run, MINUTES);
  };
  return { describe, it: Object.assign(named, { skip: () => undefined }) };
}

/** A primary and a synchronous standby. */
async function openPair(): Promise<StoreHarness> {
  const cleanUp = new CleanUp();
  try {
    const primary = await startPostgres();
    cleanUp.add(() => primary.stop());
    const roles = await makeRoles(primary);
    await migrated(roles, primary.port, 'waxseal');
    const standby = await startStandby(primary, { synchronous: true });
    cleanUp.add(() => standby.stop());
    const stores: PostgresStore[] = [];
    cleanUp.add(() => Promise.all(stores.map((store) => store.close())).then(() => undefined));
    return {
      secrets: [roles.password, primary.parts.password],
      store: (deadlines) => {
        const url = urlOf('app', roles, [primary.port, standby.port]);
        const store = storeAt(url, { requests: requestsOf(deadlines) });
        stores.push(store);
        return store;
      },
      failover: async () => {
        await primary.kill();
        await standby.promote();
      },
      loseQuorum: () => standby.kill(),
      close: () => cleanUp.run(),
    };
  } catch (error) {
    await cleanUp.run();
    throw error;
  }
}

function requestsOf(deadlines: StoreDeadlines | undefined): object {
  return deadlines === undefined
    ? {}
    : { attemptTimeout: deadlines.attemptMs, totalTimeout: deadlines.totalMs };
}

/** A server with a small disk. */
async function openSmall(): Promise<StoreHarness> {
  const server = await startPostgres({ diskMegabytes: 100 });
  const roles = await makeRoles(server);
  await migrated(roles, server.port, 'waxseal');
  const store = storeAt(urlOf('app', roles, [server.port]));
  return {
    secrets: [roles.password],
    store: () => store,
    fill: () => server.fillDisk(),
    close: async () => {
      await store.close();
      await server.stop();
    },
  };
}

describeWithPostgres('PostgresStore on its own servers', () => {
  describeStore(only('failover'), { name: 'PostgresStore with a standby', open: openPair });
  describeStore(only('loseQuorum'), { name: 'PostgresStore whose standby is gone', open: openPair });
  describeStore(only('fill'), { name: 'PostgresStore on a full disk', open: openSmall });
});
