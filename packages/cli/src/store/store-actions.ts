import { loadStore } from '@waxseal/config';
import { ConfigurationError } from '@waxseal/core';
import type { SqlStore, Store } from '@waxseal/store';
import type { Output } from '../output';
import { howMany } from '../printable';
import { withProgress } from '../terminal/progress';

/** What every `waxseal store` command takes. */
export interface StoreOptions {
  readonly config?: string;
  readonly json?: true;
}

/** What `waxseal store migrate` takes. */
export interface MigrateOptions extends StoreOptions {
  readonly grant?: readonly string[];
  readonly grantReader?: readonly string[];
  readonly dryRun?: true;
}

/**
 * Makes the tables of the configured store, or prints the SQL that would.
 *
 * @throws ConfigurationError when none is configured, or it has no tables of Waxseal's
 */
export async function migrateStore(
  { grant = [], grantReader = [], dryRun, json, ...options }: MigrateOptions,
  { line }: Output,
): Promise<void> {
  await withStore(options, async (store) => {
    if (!hasTables(store)) {
      throw new ConfigurationError(
        `The store of the kind ${store.kind} has no tables that Waxseal could make.`,
      );
    }
    const users = { application: grant, reader: grantReader };
    if (dryRun) {
      const statements = await store.planMigration(users);
      if (json) line(JSON.stringify({ schema: store.schema, dryRun: true, statements }, null, 2));
      else for (const statement of statements) line(`${statement};`);
      return;
    }
    const { from, to } = await withProgress('making tables', () => store.migrate(users));
    if (json) {
      const { schema } = store;
      line(JSON.stringify({ schema, dryRun: false, from, to, granted: grant, grantedToRead: grantReader }));
      return;
    }
    line(
      from === to
        ? `The schema ${store.schema} is of version ${String(to)} already.`
        : `The schema ${store.schema} is now of version ${String(to)}; it was of version ${String(from)}.`,
    );
    for (const role of grant) line(`Granted to ${role}: what an application needs.`);
    for (const role of grantReader) line(`Granted to ${role}: what a reader needs.`);
  });
}

/** Says that the configured store is in order. @throws StoreError or ConfigurationError where it is not */
export async function checkStore({ json, ...options }: StoreOptions, { line }: Output): Promise<void> {
  await withStore(options, async (store) => {
    const started = performance.now();
    await withProgress('asking the store', () => store.check());
    const ms = (performance.now() - started).toFixed(0);
    if (json) {
      line(JSON.stringify({ ok: true, kind: store.kind, ms: Number(ms) }));
      return;
    }
    line(`The store (${store.kind}) answers within ${ms} ms, and has the tables that this release needs.`);
  });
}

/** Prints what the configured store keeps. */
export async function printStats({ json, ...options }: StoreOptions, { line }: Output): Promise<void> {
  await withStore(options, async (store) => {
    const stats = await withProgress('counting records', () => store.tokens.stats());
    if (json) {
      line(JSON.stringify({ kind: store.kind, ...stats }, null, 2));
      return;
    }
    const { records, bytes, marked, collection } = stats;
    line(`${howMany(records, 'record')} of ${howMany(bytes, 'byte')} in all, before what the database adds`);
    line(`${howMany(marked, 'record')} marked as not needed; ${howMany(collection, 'collection')} so far`);
  });
}

async function withStore({ config }: StoreOptions, work: (store: Store) => Promise<void>): Promise<void> {
  const store = await loadStore({ file: config });
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

function hasTables(store: Store): store is SqlStore {
  return 'migrate' in store && 'planMigration' in store;
}

/** What is said where the configuration that names the keys names no store. */
export function noStore(): ConfigurationError {
  return new ConfigurationError(
    'No store is named. Set WAXSEAL_STORE, for example to postgres://waxseal@db1,db2/waxseal, or write "store" into the waxseal.config file that names the keys.',
  );
}
