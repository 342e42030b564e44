export {
  type CollectableToken,
  type FoundTokens,
  type KeyKind,
  type KeyRecord,
  type KeyRecords,
  MAX_RECORD_BYTES,
  type Store,
  type StoreCaller,
  type StoreRequestOptions,
  type TokenRecord,
  type TokenRecords,
  type TokenStats,
} from './store';
export { StoreError, type StoreErrorReason } from './store-error';
export { PostgresStore, type PostgresStoreOptions } from './postgres/postgres-store';
export { PgliteStore, type PgliteStoreOptions } from './pglite-store';
export { SqlStore, type StoreUsers } from './sql/sql-store';
export type { MigrationReport } from './sql/migrate';
export type { SqlStoreOptions, StoreRequestSettings } from './sql/store-options';
export { SharedDataKeys, type SharedDataKeysOptions } from './shared-data-keys/shared-data-keys';
export type {
  SharedKeyClaim,
  SharedKeyPart,
  SharedKeyRecord,
  SharedKeyRecords,
  SharedKeyRequestOptions,
  SharedKeyState,
} from './shared-key-records';
