import { ConfigurationError } from '@waxseal/core';
import { quote } from '@waxseal/core/internal';

/** The schema that tables stand in where none is named. */
export const DEFAULT_SCHEMA = 'waxseal';

const NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/**
 * A name of a schema or a role, to be put into a statement.
 *
 * @param field name of the option, for the message
 * @throws ConfigurationError where it is none that needs no quotes
 */
export function checkSqlName(field: string, name: unknown): string {
  if (typeof name === 'string' && NAME.test(name)) return name;
  throw new ConfigurationError(
    `${field} must be 1 to 63 lower-case letters, digits and underscores, and begin with no digit; got ${quote(String(name))}.`,
  );
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
         name text NOT NULL,
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
         ring text COLLATE "C" NOT NULL,
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
