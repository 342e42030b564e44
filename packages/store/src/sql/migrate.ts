import { ConfigurationError } from '@waxseal/core';
import { type Query, inTransaction, numberOf } from './database';
import { MIGRATIONS, SCHEMA_VERSION } from './schema';

/** What a migration did. */
export interface MigrationReport {
  /** Version before; 0 where there was nothing. */
  readonly from: number;
  /** Version now. */
  readonly to: number;
}

/**
 * Brings the tables to the version of this release, one transaction a step. It needs the right to create the
 * schema, or the schema and the right to create tables in it. Several at once do no harm.
 *
 * @param schema a checked name
 * @param afterwards statements that grant rights
 * @throws ConfigurationError when the tables are of a newer release
 */
export async function migrate(
  query: Query,
  schema: string,
  afterwards: readonly string[],
): Promise<MigrationReport> {
  await unlessMadeMeanwhile(async () => {
    // By `IF NOT EXISTS` alone, the right to create schemas would be needed where there is nothing to create.
    if (!(await hasSchema(query, schema))) await query(createSchema(schema));
  });
  await unlessMadeMeanwhile(() => query(createMigrationTable(schema)));
  const from = await versionOf(query, schema);
  if (from > SCHEMA_VERSION) throw tooNew(from);
  for (const { version, statements } of MIGRATIONS.slice(from)) {
    await inTransaction(query, async () => {
      // Whoever comes second waits here, and then finds that it is done.
      const inserted = await query(`${insertVersion(schema, version)} RETURNING version`);
      if (inserted.length === 0) return;
      for (const statement of statements) await query(statement.replaceAll('$schema', schema));
    });
  }
  if (afterwards.length > 0) {
    await inTransaction(query, async () => {
      await query(lockMigrations(schema));
      for (const statement of afterwards) await query(statement);
    });
  }
  return { from, to: await versionOf(query, schema) };
}

/**
 * What {@link migrate} would do now, as statements for a person to read or to run. Changes nothing.
 *
 * @throws ConfigurationError when the tables are of a newer release
 */
export async function planMigration(
  query: Query,
  schema: string,
  afterwards: readonly string[],
): Promise<readonly string[]> {
  const from = await versionOf(query, schema);
  if (from > SCHEMA_VERSION) throw tooNew(from);
  const steps = MIGRATIONS.slice(from).map(({ version, statements }) => [
    insertVersion(schema, version),
    ...statements.map((statement) => statement.replaceAll('$schema', schema)),
  ]);
  const granted = afterwards.length === 0 ? [] : [[lockMigrations(schema), ...afterwards]];
  return [
    ...((await hasSchema(query, schema)) ? [] : [createSchema(schema)]),
    ...(from === 0 ? [createMigrationTable(schema)] : []),
    ...[...steps, ...granted].flatMap((statements) => ['BEGIN', ...statements, 'COMMIT']),
  ];
}

async function hasSchema(query: Query, schema: string): Promise<boolean> {
  const [{ found } = {}] = await query(
    'SELECT count(*) AS found FROM information_schema.schemata WHERE schema_name = $1',
    [schema],
  );
  return numberOf(found) > 0;
}

function createSchema(schema: string): string {
  return `CREATE SCHEMA IF NOT EXISTS ${schema}`;
}

function createMigrationTable(schema: string): string {
  return `CREATE TABLE IF NOT EXISTS ${schema}.migration (
         version integer PRIMARY KEY,
         applied_at timestamptz NOT NULL DEFAULT current_timestamp
       )`;
}

function insertVersion(schema: string, version: number): string {
  return `INSERT INTO ${schema}.migration (version) VALUES (${String(version)}) ON CONFLICT (version) DO NOTHING`;
}

/** PostgreSQL lets two that grant rights on one table at once fail: the second one is to wait. */
function lockMigrations(schema: string): string {
  return `SELECT version FROM ${schema}.migration WHERE version = 1 FOR UPDATE`;
}

/** The rights of an application, as statements. */
export function grants(schema: string, role: string): readonly string[] {
  return [
    `GRANT USAGE ON SCHEMA ${schema} TO ${role}`,
    `GRANT SELECT ON ${schema}.migration TO ${role}`,
    `GRANT SELECT, UPDATE ON ${schema}.counter TO ${role}`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ${schema}.token TO ${role}`,
    `GRANT SELECT, INSERT, UPDATE ON ${schema}.key TO ${role}`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ${schema}.shared_key TO ${role}`,
  ];
}

/** The rights of who only decodes: a Codec Server, replay. */
export function readerGrants(schema: string, role: string): readonly string[] {
  return [
    `GRANT USAGE ON SCHEMA ${schema} TO ${role}`,
    `GRANT SELECT ON ${schema}.migration, ${schema}.counter, ${schema}.token, ${schema}.key TO ${role}`,
  ];
}

/**
 * Makes sure that the tables are of a version that this release can use: its own, or a later one, which takes
 * nothing away.
 *
 * @throws ConfigurationError when they are older
 */
export async function checkSchema(query: Query, schema: string): Promise<void> {
  const version = await versionOf(query, schema);
  if (version < SCHEMA_VERSION) {
    throw new ConfigurationError(
      `The store's schema ${schema} is of version ${String(version)}, and this release needs ${String(SCHEMA_VERSION)}. Run: waxseal store migrate`,
    );
  }
}

/** Of a schema without tables, or none, it is 0. */
async function versionOf(query: Query, schema: string): Promise<number> {
  try {
    const [{ version } = {}] = await query(`SELECT max(version) AS version FROM ${schema}.migration`);
    return numberOf(version ?? 0);
  } catch (error) {
    if (MISSING.has(codeOf(error))) return 0;
    throw error;
  }
}

/** The schema or the table is missing. */
const MISSING: ReadonlySet<unknown> = new Set(['3F000', '42P01']);

/** What `IF NOT EXISTS` says of something that is made at the same time: it is there, or its name is. */
const MADE_MEANWHILE: ReadonlySet<unknown> = new Set(['23505', '42P06', '42P07', '42710']);

async function unlessMadeMeanwhile(make: () => Promise<unknown>): Promise<void> {
  try {
    await make();
  } catch (error) {
    if (!MADE_MEANWHILE.has(codeOf(error))) throw error;
  }
}

function codeOf(error: unknown): unknown {
  return ((error ?? {}) as { readonly code?: unknown }).code;
}

function tooNew(version: number): ConfigurationError {
  return new ConfigurationError(
    `The store's schema is of version ${String(version)}, and this release knows ${String(SCHEMA_VERSION)}. Migrate with the newer release.`,
  );
}
