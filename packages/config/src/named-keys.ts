import type { Environment } from '@waxseal/core/provider';
import type { KeyringUris } from './keyring-from-uris';
import type { WaxsealConfig } from './waxseal-config';

/** The variable of each field. A list is separated by commas. */
const VARIABLES = {
  primaryKey: 'WAXSEAL_PRIMARY_KEY',
  additionalKeys: 'WAXSEAL_ADDITIONAL_KEYS',
  decryptKeys: 'WAXSEAL_DECRYPT_KEYS',
} as const satisfies Record<keyof KeyringUris, string>;

/** Key URIs, and where they came from. */
export interface NamedKeys {
  readonly uris: KeyringUris;
  /** What named keys outside the file, for a message; `undefined` where nothing did. */
  readonly outsideFile: string | undefined;
}

/** The key URIs that hold: each field from the caller, else from its variable, else from the file. */
export function namedKeys(
  caller: KeyringUris,
  environment: Environment,
  file: Pick<WaxsealConfig, keyof KeyringUris>,
): NamedKeys {
  const variables: KeyringUris = {
    primaryKey: environment[VARIABLES.primaryKey] || undefined,
    additionalKeys: listOf(environment[VARIABLES.additionalKeys]),
    decryptKeys: listOf(environment[VARIABLES.decryptKeys]),
  };
  const fields = Object.keys(VARIABLES) as (keyof KeyringUris)[];
  const variable = fields.find((field) => variables[field] !== undefined);
  const given = fields.find((field) => caller[field] !== undefined);
  return {
    uris: {
      primaryKey: caller.primaryKey ?? variables.primaryKey ?? file.primaryKey,
      additionalKeys: caller.additionalKeys ?? variables.additionalKeys ?? file.additionalKeys,
      decryptKeys: caller.decryptKeys ?? variables.decryptKeys ?? file.decryptKeys,
    },
    outsideFile: given !== undefined ? `the caller's ${given}` : variable && VARIABLES[variable],
  };
}

function listOf(value: string | undefined): readonly string[] | undefined {
  const entries = (value ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  return entries.length === 0 ? undefined : entries;
}
