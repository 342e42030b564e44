import { basename } from 'node:path';

import {
  assertTrustedFile,
  ConfigurationError,
  EnvelopeCodec,
  isEnvelopeCodec,
  type Keyring,
  type KeyringSelector,
} from '@waxseal/core';

import { checkConfig } from './check-config';
import type { Environment } from './environment';
import { findConfigFile } from './file/find-config-file';
import { readConfigFile } from './file/read-config-file';
import { keyringFromUris } from './keys/keyring-from-uris';
import type { LoadConfigOptions } from './load-config-options';
import type { LoadedConfig } from './loaded-config';
import { namedKeys, type NamedKeys } from './named-keys';
import type { WaxsealConfig } from './waxseal-config';

/**
 * Loads keys and codecs from a `waxseal.config` file and from the environment: the one loader of workers, clients, the Codec
 * Server and the command line. A provider's package is imported only where a key of it is named. No key service is asked.
 *
 * @throws ConfigurationError that names the file or the variable, and the field
 */
export async function loadConfig(options: LoadConfigOptions = {}): Promise<LoadedConfig> {
  const environment = options.environment ?? process.env;
  const named = options.file ?? (environment['WAXSEAL_CONFIG'] || undefined);
  const found = findConfigFile(options.directory ?? process.cwd(), named);
  const isPassedOver =
    named === undefined &&
    options.lookForFile === 'whereNoKeyIsNamed' &&
    namedKeys(options.keys ?? {}, environment, {}).outsideFile !== undefined;
  const [source, passedOver] = isPassedOver ? [undefined, found] : [found, undefined];
  if (source !== undefined) assertTrustedFile(source, 'The configuration file');
  const file = source === undefined ? {} : checkConfig(await readConfigFile(source), basename(source));
  const keys = namedKeys(options.keys ?? {}, environment, file);
  const where = source === undefined ? 'the configuration' : basename(source);
  const { codecs = [], server = {} } = file;
  const [given, second] = codecs.filter((codec) => isEnvelopeCodec(codec));
  if (given === undefined) {
    const keyring = await keyringOf(file, keys, environment, where);
    const telemetry = options.telemetry === undefined ? {} : { telemetry: options.telemetry };
    const codec = ledBy(
      where,
      () => new EnvelopeCodec({ ...telemetry, ...file.envelope, ...options.envelope, keyring }),
    );
    return { source, passedOver, keyring, codec, codecs: [...codecs, codec], server };
  }
  const beside = second !== undefined ? 'a second EnvelopeCodec' : surplus(file, keys, given, options);
  if (beside !== undefined) {
    throw new ConfigurationError(
      `${where}: codecs holds an EnvelopeCodec, so ${beside} would have no effect. Remove one of the two.`,
    );
  }
  return { source, passedOver, keyring: given.keyring, codec: given, codecs, server };
}

/** What `make` gives; a complaint of its is led by the file's name. */
function ledBy<T>(where: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    if (!(cause instanceof ConfigurationError)) throw cause;
    throw new ConfigurationError(`${where}: ${cause.message}`, { cause });
  }
}

/** What would be ignored beside an envelope codec in `codecs`. */
function surplus(
  file: WaxsealConfig,
  keys: NamedKeys,
  codec: EnvelopeCodec,
  { envelope }: LoadConfigOptions,
): string | undefined {
  if (file.envelope !== undefined) return 'envelope';
  if (envelope !== undefined) return "the caller's envelope options";
  if (file.keyring !== undefined && file.keyring !== codec.keyring) return 'another keyring';
  return keys.outsideFile ?? fieldWithUris(file);
}

async function keyringOf(
  file: WaxsealConfig,
  keys: NamedKeys,
  environment: Environment,
  where: string,
): Promise<Keyring | KeyringSelector> {
  const { keyring } = file;
  if (keyring !== undefined) {
    const beside = keys.outsideFile ?? fieldWithUris(file);
    if (beside === undefined) return keyring;
    throw new ConfigurationError(`${where}: keyring and ${beside} both name keys. Remove one of the two.`);
  }
  const { primaryKey, alsoWrapFor = [], decryptKeys = [] } = keys.uris;
  if (primaryKey === undefined && decryptKeys.length === 0) {
    throw new ConfigurationError(
      alsoWrapFor.length > 0
        ? `${where}: alsoWrapFor needs primaryKey (WAXSEAL_PRIMARY_KEY).`
        : 'No key is named. Set WAXSEAL_PRIMARY_KEY, for example to local:///etc/waxseal/keyring.json#orders, or write a waxseal.config.json with "primaryKey"; "waxseal keygen" makes a local key.',
    );
  }
  return keyringFromUris(keys.uris, environment, file);
}

function fieldWithUris(file: WaxsealConfig): string | undefined {
  return (['primaryKey', 'alsoWrapFor', 'decryptKeys', 'wrapPolicy', 'requests'] as const).find(
    (field) => file[field] !== undefined,
  );
}
