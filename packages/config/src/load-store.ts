import { ConfigurationError } from '@waxseal/core';
import type { Environment } from '@waxseal/core/provider';
import type { Store } from '@waxseal/store';
import { findConfigFile, loadConfigFile } from './config-file';
import { storeFromUri } from './store-from-uri';
import { unknownVariables, valueOf } from './variables';
import type { WaxsealConfig } from './waxseal-config';

const STORE = 'WAXSEAL_STORE';

/**
 * Loads the store alone, for a command that needs no key, such as a migration.
 *
 * @throws ConfigurationError that names the file or the variable, also where none is configured
 */
export async function loadStore(options: LoadStoreOptions = {}): Promise<Store> {
  const environment = options.environment ?? process.env;
  unknownVariables(environment);
  const named = options.file ?? valueOf(environment, 'WAXSEAL_CONFIG');
  const isInVariable = valueOf(environment, STORE) !== undefined && options.file === undefined;
  const source = isInVariable ? undefined : findConfigFile(options.directory ?? process.cwd(), named);
  const { file, where } = await loadConfigFile(source);
  const store = await storeOf(file, environment, where);
  if (store !== undefined) return store;
  throw new ConfigurationError(
    `No store is named. Set ${STORE}, for example to postgres://waxseal@db1,db2/waxseal, or write "store" into a waxseal.config file.`,
  );
}

/**
 * The store that the variable or the file names.
 *
 * @param where the file, for messages
 */
export async function storeOf(
  { store }: WaxsealConfig,
  environment: Environment,
  where: string,
): Promise<Store | undefined> {
  const variable = valueOf(environment, STORE);
  if (variable !== undefined) return storeFromUri(STORE, variable, environment);
  return typeof store === 'string' ? storeFromUri(`${where}: store`, store.trim(), environment) : store;
}

/** What {@link loadStore} takes; as `loadConfig` does. */
export interface LoadStoreOptions {
  readonly file?: string | undefined;
  readonly directory?: string | undefined;
  readonly environment?: Environment | undefined;
}
