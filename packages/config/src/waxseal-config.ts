import {
  CODEC,
  complaintOf,
  IN_CODE,
  isObject,
  list,
  options,
  SERVER_CONFIG,
  type ServerConfig,
  text,
} from '@waxseal/codec-server/server-config';
import {
  ConfigurationError,
  type EnvelopeCodecOptions,
  type KeyringRequestOptions,
  type Keyring,
  type KeyringSelector,
} from '@waxseal/core';
import type { Store } from '@waxseal/store';
import { z } from 'zod';
import { type CompressionConfig, type CompressionFormatName, isFormat } from './compression';
import type { KeySchemes } from './key-from-uri';
import type { SubjectsConfig } from './subjects';

/** Options of the envelope codec that {@link WaxsealConfig} leaves to be made: all but the keys. */
export type EnvelopeConfig = Omit<EnvelopeCodecOptions, 'keyring'>;

const KEY_URI = text();

/** What JSON may have of `compression`: the options, which their package checks and describes. */
const COMPRESSION = {
  anyOf: [
    { type: 'string', enum: ['zlib', 'zstd', 'read'] },
    {
      type: 'object',
      properties: {
        format: {},
        threshold: {},
        level: {},
        alwaysEncode: {},
        padding: { enum: ['padme', false] },
        maxDecompressedBytes: {},
        maxDecodeBytes: {},
      },
      required: ['format'],
      additionalProperties: false,
    },
  ],
};

/** Fields of {@link WaxsealConfig}. */
class WaxsealConfigFields {
  /**
   * Where an editor finds the schema of a JSON file:
   * `./node_modules/@waxseal/config/waxseal.config.schema.json`.
   */
  readonly $schema = z.string().optional();

  /** Keys made in code. Excludes URIs. */
  readonly keyring = z
    .custom<Keyring | KeyringSelector>(
      (value) => typeof value === 'function' || (typeof value === 'object' && value !== null),
      'must be a Keyring, or a function that gives one.',
    )
    .meta(IN_CODE)
    .optional();

  /**
   * URI of the key that wraps and unwraps. Without it nothing can be encoded. `WAXSEAL_PRIMARY_KEY` takes its
   * place.
   */
  readonly primaryKey = KEY_URI.optional();

  /** URIs of further keys that every data key is wrapped for. `WAXSEAL_ADDITIONAL_KEYS` takes its place. */
  readonly additionalKeys = list(KEY_URI).optional();

  /** URIs of keys that only unwrap. `WAXSEAL_DECRYPT_KEYS` takes its place. */
  readonly decryptKeys = list(KEY_URI).optional();

  /** Whether all keys must wrap, or one is enough: `wrapPolicy` of a `Keyring`. For keys by URI. */
  readonly wrapPolicy = z.enum(['all', 'atLeastOne'], 'must be "all" or "atLeastOne".').optional();

  /** Deadlines, circuit breaker and limits of key requests: `requests` of a `Keyring`. For keys by URI. */
  readonly requests = z.custom<KeyringRequestOptions>(isObject, 'must be an object.').optional();

  /** In code: providers of your own, by the scheme of their keys' URIs, such as `{ myhsm: MyHsmKey }`. */
  readonly keySchemes = z.custom<KeySchemes>(isObject, 'must be an object.').meta(IN_CODE).optional();

  /**
   * Options of the envelope codec. Not beside an envelope codec in `codecs`. `WAXSEAL_ENCRYPT`
   * says whether it encrypts, where its `encrypt` does not.
   */
  readonly envelope = z
    .custom<EnvelopeConfig>(isObject, 'must be an object.')
    .refine((envelope) => !('keyring' in envelope), {
      path: ['keyring'],
      error: 'stands beside envelope, not in it.',
    })
    .optional();

  /**
   * The codecs of workers, clients and Codec Server, in the order in which they encode. Where none of them is
   * an `EnvelopeCodec`, one is added at the end.
   */
  readonly codecs = list(CODEC).meta(IN_CODE).optional();

  /**
   * The transactional store, for tokens and keys: a URI such as `postgres://waxseal@db1,db2/waxseal`, or
   * `pglite:<folder>`; in code also a `Store`. `WAXSEAL_STORE` takes its place.
   */
  readonly store = z
    .custom<Store | string>(
      (value) => (typeof value === 'string' ? value.trim() !== '' : isObject(value)),
      'must be a URI such as postgres://user@host/database, or a Store.',
    )
    .meta({ type: 'string', minLength: 1 })
    .optional();

  /**
   * Keys of subjects, so that whose data they are can be forgotten: options of `SubjectKeys`, `{}` for the
   * defaults. It needs a store. `WAXSEAL_SUBJECTS` says whether there are any in its place.
   */
  readonly subjects = z
    .custom<SubjectsConfig>(isObject, 'must be an object, such as {}.')
    .meta({ type: 'object' })
    .optional();

  /**
   * Compression before all other codecs: `"zlib"`, `"zstd"`, or their options with the `format`; `"read"`
   * compresses nothing and reads both. Not beside a codec that compresses in `codecs`. `WAXSEAL_COMPRESSION`
   * (`zlib`, `zstd`, `read` or `none`) takes the place of the format.
   */
  readonly compression = z
    .custom<CompressionFormatName | CompressionConfig>(
      (value) =>
        isFormat(value) || (isObject(value) && isFormat((value as { readonly format?: unknown }).format)),
      'must be "zlib", "zstd", "read", or an object with one of them as its format.',
    )
    .meta(COMPRESSION)
    .optional();

  /** What `waxseal serve` does, where the command line does not say otherwise. */
  readonly server: z.ZodOptional<z.ZodType<unknown, ServerConfig>> = SERVER_CONFIG.optional();
}

const WAXSEAL_CONFIG = options(new WaxsealConfigFields());

/**
 * What a `waxseal.config` file exports. The keys stand in one place: in `codecs`, in `keyring`, or as URIs. A
 * JSON file has URIs; one in JavaScript or TypeScript may have any of them.
 */
export interface WaxsealConfig extends z.input<typeof WAXSEAL_CONFIG> {}

/**
 * Gives a configuration back as it is, so that an editor knows its fields in a `waxseal.config.mjs`. Nothing
 * is checked: `loadConfig` does that.
 */
export function defineConfig(config: WaxsealConfig): WaxsealConfig {
  return config;
}

/**
 * Checks what a file exports. The options of the keyring and of the codec are checked where these are made.
 *
 * @param source the file, for messages
 * @returns it, as it is: defaults are filled in by those who use it
 * @throws ConfigurationError that names the file and the field; the field's value is not shown
 */
export function checkConfig(value: unknown, source: string): WaxsealConfig {
  const { success, error } = WAXSEAL_CONFIG.safeParse(value);
  if (success) return value as WaxsealConfig;
  throw new ConfigurationError(`${source}: ${complaintOf(error)}`);
}

/**
 * The JSON Schema of a `waxseal.config.json`, without descriptions. Fields that only code can have are left
 * out.
 */
export function jsonSchemaOfConfig(): object {
  return z.toJSONSchema(WAXSEAL_CONFIG, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      const { properties } = jsonSchema;
      for (const [name, property] of Object.entries(properties ?? {})) {
        if (typeof property === 'object' && 'inCode' in property) delete properties?.[name];
      }
      delete jsonSchema.readOnly;
    },
  });
}
