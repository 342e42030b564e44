import { basename, extname } from 'node:path';
import type { NamedKeyring } from '@waxseal/config';
import type { Stage } from './rotation';

/** The URIs of a keyring, by field. */
export interface KeyFields {
  readonly primaryKey: string | undefined;
  readonly additionalKeys: readonly string[];
  readonly decryptKeys: readonly string[];
}

/** The fields as they are. */
export function fieldsOf({ uris }: NamedKeyring): KeyFields {
  const { primaryKey, additionalKeys = [], decryptKeys = [] } = uris;
  return { primaryKey, additionalKeys, decryptKeys };
}

/**
 * The fields after a stage.
 *
 * @param next URI of the new key
 * @param previous URI of the old key; `undefined` where there is none
 */
export function fieldsAfter(
  stage: Stage,
  fields: KeyFields,
  next: string,
  previous: string | undefined,
): KeyFields {
  const { primaryKey, additionalKeys, decryptKeys } = fields;
  const without = (uris: readonly string[], ...gone: readonly (string | undefined)[]): readonly string[] =>
    uris.filter((uri) => !gone.includes(uri));
  switch (stage) {
    case 'status':
      return fields;
    case 'add':
      return { ...fields, decryptKeys: [...decryptKeys, next] };
    case 'promote':
      return {
        primaryKey: next,
        additionalKeys: without(additionalKeys, next),
        decryptKeys: [
          ...without(decryptKeys, next, primaryKey),
          ...(primaryKey === undefined ? [] : [primaryKey]),
        ],
      };
    case 'retire':
      return { ...fields, decryptKeys: without(decryptKeys, previous) };
  }
}

/** Where the value of a field is set. */
export type Place = 'file' | 'variable' | 'option';

/** A field that is to be set to other URIs; to none where it is to be taken out. */
export interface FieldChange {
  readonly field: keyof KeyFields;
  readonly place: Place;
  /** The variable, the option, or the field of the file. */
  readonly name: string;
  readonly uris: readonly string[];
}

const VARIABLES = {
  primaryKey: 'WAXSEAL_PRIMARY_KEY',
  additionalKeys: 'WAXSEAL_ADDITIONAL_KEYS',
  decryptKeys: 'WAXSEAL_DECRYPT_KEYS',
} as const;
const OPTIONS = {
  primaryKey: '--primary-key',
  additionalKeys: '--additional-key',
  decryptKeys: '--decrypt-key',
} as const;

/** The fields that differ, each with its place; one that is set nowhere goes beside the others. */
export function fieldChanges(
  { uris, names }: NamedKeyring,
  source: string | undefined,
  before: KeyFields,
  after: KeyFields,
): readonly FieldChange[] {
  const placeOf = (field: keyof KeyFields): Place => {
    if (names[field] === VARIABLES[field]) return 'variable';
    if (names[field] === OPTIONS[field]) return 'option';
    return 'file';
  };
  const fields = Object.keys(VARIABLES) as (keyof KeyFields)[];
  const set = fields.find((field) => uris[field] !== undefined);
  const beside = set === undefined ? 'variable' : placeOf(set);
  return fields.flatMap((field) => {
    const [was, is] = [listOf(before[field]), listOf(after[field])];
    if (was.join(' ') === is.join(' ')) return [];
    const place = uris[field] === undefined ? beside : placeOf(field);
    const name = { file: field, variable: VARIABLES[field], option: OPTIONS[field] }[place];
    return [{ field, place: source === undefined && place === 'file' ? 'variable' : place, name, uris: is }];
  });
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}

/** The lines that set the fields by hand. */
export function linesOf(changes: readonly FieldChange[]): readonly string[] {
  return changes.flatMap(({ field, place, name, uris }) => {
    if (place === 'option') return uris.map((uri) => `${name} ${uri}`);
    if (place === 'variable') return [`${name}=${uris.join(',')}`];
    return [
      uris.length === 0
        ? `${name}: (take it out)`
        : `${name}: ${JSON.stringify(field === 'primaryKey' ? uris[0] : uris)}`,
    ];
  });
}

/**
 * Why `--write` cannot make a change, as a clause; `undefined` where it can: all of it is in a configuration
 * file of JSON.
 */
export function notWritable(source: string | undefined, changes: readonly FieldChange[]): string | undefined {
  const elsewhere = changes.find(({ place }) => place !== 'file');
  if (elsewhere !== undefined) return `${elsewhere.name} is set outside the configuration file`;
  if (source === undefined) return 'there is no configuration file';
  return extname(source) === '.json' ? undefined : `${basename(source)} is a program, not JSON`;
}
