import type { PayloadCodec } from '@temporalio/common';
import {
  ConfigurationError,
  EnvelopeCodec,
  type Keyring,
  type KeyringSelector,
  type Telemetry,
} from '@waxseal/core';
import type { ServerConfig } from '@waxseal/codec-server/server-config';
import { envelopeCodecOf, noteConfigured } from '@waxseal/core/internal';
import type { Environment } from '@waxseal/core/provider';
import { atField } from './at-field';
import { compressionOf } from './compression';
import { findConfigFile, loadConfigFile } from './config-file';
import type { KeySchemes } from './key-from-uri';
import { keyringFromUris, type KeyringUris } from './keyring-from-uris';
import type { Store } from '@waxseal/store';
import type { SubjectKeys } from '@waxseal/subjects';
import { storeOf } from './load-store';
import { type KeyFieldNames, namedKeys, type NamedKeys } from './named-keys';
import { subjectKeysOf } from './subjects';
import { unknownVariables, valueOf } from './variables';
import type { EnvelopeConfig, WaxsealConfig } from './waxseal-config';

/**
 * Loads keys and codecs from a `waxseal.config` file and from the environment: the one loader of workers,
 * clients, the Codec Server and the command line. A provider's package is imported only where a key of it is
 * named. No key service is asked.
 *
 * @throws ConfigurationError that names the file or the variable, and the field
 */
export async function loadConfig(options: LoadConfigOptions = {}): Promise<LoadedConfig> {
  const environment = options.environment ?? process.env;
  const warnings = warningsOf(environment);
  const named = options.file ?? valueOf(environment, 'WAXSEAL_CONFIG');
  const found = findConfigFile(options.directory ?? process.cwd(), named);
  const isPassedOver =
    named === undefined &&
    options.lookForFile === 'whereNoKeyIsNamed' &&
    namedKeys(options.keys ?? {}, environment, {}).outsideFile !== undefined;
  const [source, passedOver] = isPassedOver ? [undefined, found] : [found, undefined];
  const { file, where } = await loadConfigFile(source);
  const keys = namedKeys(options.keys ?? {}, environment, file, options.keyNames, where);
  const variable = encryptOf(environment);
  assertSameEncrypt(file.envelope?.encrypt, variable.encrypt, where);
  const { codecs = [], server = {} } = file;
  const compression = await compressionOf(file.compression, environment, where, codecs);
  const store = await storeOf(file, environment, where);
  const loaded = { source, passedOver, warnings, server, store };
  const [given, second] = codecs.flatMap((codec) => envelopeCodecOf(codec) ?? []);
  if (given === undefined) {
    const keyring = await keyringOf(file, keys, environment, where, { ...options, warnings });
    const telemetry = await telemetryOf(options.telemetry, server);
    const subjects = await subjectKeysOf(file.subjects, environment, where, { store, keyring });
    const ofCodec = { ...telemetry, ...file.envelope, ...variable, ...options.envelope };
    const codec = await atField(
      where,
      () => new EnvelopeCodec({ ...ofCodec, keyring: subjects?.keyring ?? keyring }),
    );
    const keySchemes = { ...file.keySchemes, ...options.keySchemes };
    const named = file.keyring === undefined ? { uris: keys.uris, names: keys.names, keySchemes } : undefined;
    const all = noteConfigured([...compression, ...codecs, codec]);
    return { ...loaded, named, keyring, subjects, codec, codecs: all };
  }
  const beside =
    second !== undefined
      ? 'a second EnvelopeCodec'
      : variable.encrypt !== undefined && variable.encrypt !== given.encrypts
        ? ENCRYPT
        : surplus(file, keys, given, options);
  if (beside !== undefined) {
    throw new ConfigurationError(
      `${where}: codecs holds an EnvelopeCodec, so ${beside} would have no effect. Remove one of the two.`,
    );
  }
  return {
    ...loaded,
    named: undefined,
    keyring: given.keyring,
    subjects: undefined,
    codec: given,
    codecs: noteConfigured([...compression, ...codecs]),
  };
}

const ENCRYPT = 'WAXSEAL_ENCRYPT';

/** @throws ConfigurationError when file and variable contradict each other: one of them is an oversight */
function assertSameEncrypt(
  inFile: boolean | undefined,
  inVariable: boolean | undefined,
  where: string,
): void {
  if (inFile === undefined || inVariable === undefined || inFile === inVariable) return;
  throw new ConfigurationError(
    `${ENCRYPT} is ${String(inVariable)}, and ${where} has envelope.encrypt: ${String(inFile)}. Remove one of the two, so that it is certain whether payloads are encrypted.`,
  );
}

/** What the variable says of `encrypt`, in the place of what the file does. */
function encryptOf(environment: Environment): EnvelopeConfig {
  const value = valueOf(environment, ENCRYPT);
  if (value === undefined) return {};
  if (value === 'true' || value === 'false') return { encrypt: value === 'true' };
  throw new ConfigurationError(
    `${ENCRYPT} must be true or false: false decodes everything and encrypts nothing (docs/migrating.md).`,
  );
}

async function telemetryOf(
  given: LoadConfigOptions['telemetry'],
  server: ServerConfig,
): Promise<{ readonly telemetry?: Telemetry }> {
  const telemetry = typeof given === 'function' ? await given(server) : given;
  return telemetry === undefined ? {} : { telemetry };
}

/** What would be ignored beside an envelope codec in `codecs`. */
function surplus(
  file: WaxsealConfig,
  keys: NamedKeys,
  codec: EnvelopeCodec,
  { envelope }: LoadConfigOptions,
): string | undefined {
  if (file.envelope !== undefined) return 'envelope';
  if (file.subjects !== undefined) return 'subjects';
  if (envelope !== undefined) return "the caller's envelope options";
  if (file.keyring !== undefined && file.keyring !== codec.keyring) return 'another keyring';
  return keys.outsideFile ?? fieldWithUris(file);
}

async function keyringOf(
  file: WaxsealConfig,
  keys: NamedKeys,
  environment: Environment,
  where: string,
  { keySchemes, warnings }: Pick<LoadConfigOptions, 'keySchemes'> & Pick<LoadedConfig, 'warnings'>,
): Promise<Keyring | KeyringSelector> {
  const { keyring } = file;
  if (keyring !== undefined) {
    const beside = keys.outsideFile ?? fieldWithUris(file);
    if (beside === undefined) return keyring;
    throw new ConfigurationError(`${where}: keyring and ${beside} both name keys. Remove one of the two.`);
  }
  const { primaryKey, additionalKeys = [], decryptKeys = [] } = keys.uris;
  if (primaryKey === undefined && decryptKeys.length === 0) {
    throw new ConfigurationError(
      additionalKeys.length > 0
        ? `${keys.names.additionalKeys} needs a primary key: primaryKey or WAXSEAL_PRIMARY_KEY.`
        : [
            'No key is named. Set WAXSEAL_PRIMARY_KEY, for example to local:///etc/waxseal/keyring.json#orders, or write a waxseal.config.json with "primaryKey"; "waxseal keygen" makes a local key.',
            ...warnings,
          ].join(' '),
    );
  }
  return keyringFromUris(keys.uris, environment, {
    ...file,
    names: keys.names,
    keySchemes: { ...file.keySchemes, ...keySchemes },
  });
}

function warningsOf(environment: Environment): readonly string[] {
  return unknownVariables(environment).map(
    (name) => `The variable ${name} has no effect: it is none of Waxseal's.`,
  );
}

function fieldWithUris(file: WaxsealConfig): string | undefined {
  const fields = [
    'primaryKey',
    'additionalKeys',
    'decryptKeys',
    'wrapPolicy',
    'requests',
    'keySchemes',
  ] as const;
  return fields.find((field) => file[field] !== undefined);
}

/** What {@link loadConfig} takes. */
export interface LoadConfigOptions {
  /**
   * The configuration file. Default: `WAXSEAL_CONFIG`, else the `waxseal.config.*` of `directory`, where
   * there is one.
   */
  readonly file?: string | undefined;
  /**
   * Whether a file that is not named is looked for: always, or only where neither the caller nor the
   * environment names a key. A command that is run anywhere takes the second: what stands in a working
   * directory may be another user's.
   *
   * @default 'always'
   */
  readonly lookForFile?: 'always' | 'whereNoKeyIsNamed' | undefined;
  /** Where to look for the file. Default: the working directory. Directories above it are not looked at. */
  readonly directory?: string | undefined;
  /** Default: `process.env`. */
  readonly environment?: Environment | undefined;
  /** Key URIs that take the place of those of the environment and of the file, such as a command line's. */
  readonly keys?: KeyringUris | undefined;
  /** What errors call the fields of `keys`, such as `--primary-key`. */
  readonly keyNames?: Partial<KeyFieldNames> | undefined;
  /** Schemes of key URIs beside those of Waxseal's providers and those of the file. */
  readonly keySchemes?: KeySchemes | undefined;
  /**
   * Told of what the envelope codec does that is made here. One that the file makes has its own. A function
   * makes it, when the file has been read.
   */
  readonly telemetry?: Telemetry | ((server: ServerConfig) => Promise<Telemetry | undefined>) | undefined;
  /** Options of the envelope codec that take the place of those of the file. */
  readonly envelope?: EnvelopeConfig | undefined;
}

/** Key URIs that a keyring was made of. */
export interface NamedKeyring {
  readonly uris: KeyringUris;
  /** Where each field came from: a variable, a field of the file, or the caller's name of it. */
  readonly names: KeyFieldNames;
  /** Schemes of URIs beside those of Waxseal's providers. */
  readonly keySchemes: KeySchemes;
}

/** A configuration whose keys are loaded. */
export interface LoadedConfig {
  /** Absolute path of the file; `undefined` where everything came from the environment or the caller. */
  readonly source: string | undefined;
  /** Absolute path of a file that was there and was not read, since keys were named without it. */
  readonly passedOver: string | undefined;
  /** A sentence each, for a person: variables that begin with `WAXSEAL_` and have no effect. */
  readonly warnings: readonly string[];
  readonly keyring: Keyring | KeyringSelector;
  /** What the keyring was made of; `undefined` where it was made in code. */
  readonly named: NamedKeyring | undefined;
  /**
   * The codec that encrypts, to be closed by the caller. Where the configuration has others beside it, the
   * plugin and the Codec Server refuse it without them: give {@link codecs} to these.
   */
  readonly codec: EnvelopeCodec;
  /**
   * All codecs in the order in which they encode, those that compress and {@link codec} among them, for
   * `payloadCodecs`, for `new EnvelopePlugin({ codecs })` and for the Codec Server.
   */
  readonly codecs: readonly PayloadCodec[];
  readonly server: ServerConfig;
  /** The keys of subjects that are configured, by which {@link codec} encrypts. The caller closes them. */
  readonly subjects: SubjectKeys | undefined;
  /** The store that is configured; it has no connection until it is asked. The caller closes it. */
  readonly store: Store | undefined;
}
