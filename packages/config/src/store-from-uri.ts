import { ConfigurationError } from '@waxseal/core';
import type { Environment } from '@waxseal/core/provider';
import type { Store } from '@waxseal/store';
import { atField } from './at-field';
import { importOptional } from './import-optional';

const PGLITE = /^pglite:(?:\/\/)?(.*)$/s;
const POSTGRES = /^postgres(?:ql)?:/;

/**
 * Makes a store of a URI. No connection is made.
 *
 * @param field where the URI stands, for messages
 * @param uri `postgres://user@host1,host2/database`, what it leaves out being taken from libpq's variables;
 *   or `pglite:<folder>`, and `pglite:` for one that is gone with the process
 * @param environment where libpq's variables are
 * @throws ConfigurationError that names the field, and never shows the URI: a password may stand in it
 */
export async function storeFromUri(field: string, uri: string, environment: Environment): Promise<Store> {
  const embedded = PGLITE.exec(uri);
  if (embedded === null && !POSTGRES.test(uri)) {
    throw new ConfigurationError(
      `${field} must be postgres://user@host/database, or pglite:<folder> for development and tests.`,
    );
  }
  const { PgliteStore, PostgresStore } = await importOptional(
    `The store of ${field}`,
    ['@waxseal/store'],
    () => import('@waxseal/store'),
  );
  return atField(field, () =>
    embedded === null
      ? new PostgresStore({ url: uri, environment })
      : new PgliteStore({ directory: embedded[1] || undefined }),
  );
}
