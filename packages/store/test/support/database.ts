import { randomBytes } from 'node:crypto';

import type { PostgresServer } from '@waxseal/bring-up';

import { PostgresStore, type PostgresStoreOptions } from '../../src';

/** The roles of `docs/store.md`, and one password for all of them. */
export interface Roles {
  readonly password: string;
}

/**
 * Makes the roles `owner`, `app` and `reader`. The owner may create schemas in the database.
 *
 * @param server takes writes
 */
export async function makeRoles(server: PostgresServer): Promise<Roles> {
  const password = `store-${randomBytes(12).toString('hex')}`;
  for (const role of ['owner', 'app', 'reader']) {
    await server.sql(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'`);
  }
  await server.sql(`GRANT CREATE ON DATABASE ${server.database} TO owner`);
  return { password };
}

/** A connection string of a role. @param ports of 127.0.0.1, in the order in which they are tried */
export function urlOf(role: string, { password }: Roles, ports: readonly number[], query = ''): string {
  const places = ports.map((port) => `127.0.0.1:${String(port)}`).join(',');
  return `postgres://${role}:${password}@${places}/postgres${query}`;
}

/** A store that asks nobody's environment. */
export function storeAt(url: string, options: PostgresStoreOptions = {}): PostgresStore {
  return new PostgresStore({ environment: {}, ...options, url });
}

/** Makes the tables of a schema, and grants `app` and `reader` what they need. */
export async function migrated(roles: Roles, port: number, schema: string): Promise<void> {
  const store = storeAt(urlOf('owner', roles, [port]), { schema });
  try {
    await store.migrate({ application: ['app'], reader: ['reader'] });
  } finally {
    await store.close();
  }
}
