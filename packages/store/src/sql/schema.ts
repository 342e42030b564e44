import { ConfigurationError } from '@waxseal/core';
import { quote } from '@waxseal/core/internal';

/** The schema that tables stand in where none is named. */
export const DEFAULT_SCHEMA = 'waxseal';

/** What a schema cannot be called without quotes (https://www.postgresql.org/docs/current/sql-keywords-appendix.html). */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation ' +
    'column concurrently constraint create cross current_catalog current_date current_role current_schema ' +
    'current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for ' +
    'foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral ' +
    'leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps ' +
    'placing primary references returning right select session_user similar some symmetric system_user table ' +
    'tablesample then to trailing true union unique user using variadic verbose when where window with'
  ).split(' '),
);
const NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/**
 * A name of a schema or a role, to be put into a statement.
 *
 * @param field name of the option, for the message
 * @throws ConfigurationError where it is none that needs no quotes
 */
export function checkSqlName(field: string, name: unknown): string {
  if (typeof name === 'string' && NAME.test(name) && !name.startsWith('pg_') && !RESERVED.has(name))
    return name;
  throw new ConfigurationError(
    `${field} must be 1 to 63 lower-case letters, digits and underscores, begin with neither a digit nor pg_, and be no word of SQL; got ${quote(String(name))}.`,
  );
}

/** Longest name of a role in bytes: NAMEDATALEN of PostgreSQL's src/include/pg_config_manual.h. */
const MAX_ROLE_BYTES = 63;

/**
 * A name of a role in quotes, to be put into a statement: roles of IAM are named as mail addresses are.
 *
 * @throws ConfigurationError where no role can have that name
 */
export function quoteRole(name: unknown): string {
  if (
    typeof name === 'string' &&
    name !== '' &&
    !name.includes('\0') &&
    Buffer.byteLength(name) <= MAX_ROLE_BYTES
  ) {
    return `"${name.replaceAll('"', '""')}"`;
  }
  throw new ConfigurationError(`A role must have 1 to 63 bytes; got ${quote(String(name))}.`);
}

/** A step from one version of the schema to the next. */
interface Migration {
  readonly version: number;
  /** One statement each. `$schema` stands for the schema's name. */
  readonly statements: readonly string[];
}

/**
 * All steps, in order. A step that has been released never changes, and never takes away what an older
 * release uses: processes of both run at once.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    statements: [
      `CREATE TABLE $schema.counter (
         name text PRIMARY KEY,
         value bigint NOT NULL
       )`,
      `INSERT INTO $schema.counter (name, value) VALUES ('collection', 0)`,
      `CREATE TABLE $schema.token (
         token uuid PRIMARY KEY,
         scope bytea NOT NULL,
         put_during bigint NOT NULL,
         marked_by bigint,
         created_at timestamptz NOT NULL DEFAULT current_timestamp,
         record bytea NOT NULL
       )`,
      `CREATE TABLE $schema.key (
         kind text NOT NULL,
         name bytea NOT NULL,
         record bytea,
         created_at timestamptz NOT NULL DEFAULT current_timestamp,
         removed_at timestamptz,
         PRIMARY KEY (kind, name)
       )`,
    ],
  },
  {
    version: 2,
    statements: [
      `CREATE TABLE $schema.shared_key (
         ring text NOT NULL,
         sequence bigint NOT NULL,
         claimant text NOT NULL,
         record bytea,
         made_at timestamptz NOT NULL DEFAULT current_timestamp,
         age_ms bigint NOT NULL DEFAULT 0,
         messages bigint NOT NULL DEFAULT 0,
         bytes bigint NOT NULL DEFAULT 0,
         PRIMARY KEY (ring, sequence)
       )`,
    ],
  },
];

/** The version that this release needs. */
export const SCHEMA_VERSION = MIGRATIONS.length;
