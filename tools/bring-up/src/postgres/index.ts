export { findPostgres, type PostgresPrograms } from './find-postgres';
export type { PostgresServer } from './postgres-server';
export { startPostgres, type StartPostgresOptions } from './start-postgres';
export { startStandby, type PostgresStandby, type StartStandbyOptions } from './start-standby';
export { findCompiler } from './wrong-clock';
