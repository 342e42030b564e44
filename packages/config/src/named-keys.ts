import type { Environment } from '@waxseal/core/provider';
import type { KeyringUris } from './keyring-from-uris';
import { valueOf } from './variables';
import type { WaxsealConfig } from './waxseal-config';

/** The variable of each field. A list is separated by commas. */
const VARIABLES = {
  primaryKey: 'WAXSEAL_PRIMARY_KEY',
  additionalKeys: 'WAXSEAL_ADDITIONAL_KEYS',
  decryptKeys: 'WAXSEAL_DECRYPT_KEYS',
} as const satisfies Record<keyof KeyringUris, string>;

/** Names of the fields with key URIs, as an error tells where one comes from. */
export type KeyFieldNames = Readonly<Record<keyof KeyringUris, string>>;

/** Key URIs, and where they came from. */
export interface NamedKeys {
  readonly uris: KeyringUris;
  /** Where each field came from: a variable, a field of the file, or the caller's name of it. */
  readonly names: KeyFieldNames;
  /** What named keys outside the file, for a message; `undefined` where nothing did. */
  readonly outsideFile: string | undefined;
}

/**
 * The key URIs that hold: each field from the caller, else from its variable, else from the file.
 *
 * @param callerNames what the caller calls its fields, such as options of a command line
 * @param source the file, for {@link NamedKeys.names}
 */
export function namedKeys(
  caller: KeyringUris,
  environment: Environment,
  file: Pick<WaxsealConfig, keyof KeyringUris>,
  callerNames: Partial<KeyFieldNames> = {},
  source = 'the configuration',
): NamedKeys {
  const variables: KeyringUris = {
    primaryKey: valueOf(environment, VARIABLES.primaryKey),
    additionalKeys: listOf(valueOf(environment, VARIABLES.additionalKeys)),
    decryptKeys: listOf(valueOf(environment, VARIABLES.decryptKeys)),
  };
  const fields = Object.keys(VARIABLES) as (keyof KeyringUris)[];
  const variable = fields.find((field) => variables[field] !== undefined);
  const given = fields.find((field) => caller[field] !== undefined);
  const nameOf = (field: keyof KeyringUris): string => {
    if (caller[field] !== undefined) return callerNames[field] ?? field;
    return variables[field] === undefined ? `${source}: ${field}` : VARIABLES[field];
  };
  return {
    uris: {
      primaryKey: caller.primaryKey ?? variables.primaryKey ?? file.primaryKey,
      additionalKeys: caller.additionalKeys ?? variables.additionalKeys ?? file.additionalKeys,
      decryptKeys: caller.decryptKeys ?? variables.decryptKeys ?? file.decryptKeys,
    },
    names: {
      primaryKey: nameOf('primaryKey'),
      additionalKeys: nameOf('additionalKeys'),
      decryptKeys: nameOf('decryptKeys'),
    },
    outsideFile:
      given !== undefined ? (callerNames[given] ?? `the caller's ${given}`) : variable && VARIABLES[variable],
  };
}

function listOf(value: string | undefined): readonly string[] | undefined {
  const entries = (value ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  return entries.length === 0 ? undefined : entries;
}
