export { defineConfig, type EnvelopeConfig, type WaxsealConfig } from './waxseal-config';
export type { ServerConfig } from '@waxseal/codec-server/server-config';
export {
  loadConfig,
  type LoadConfigOptions,
  type LoadedConfig,
  loadStore,
  type LoadStoreOptions,
  type NamedKeyring,
} from './load-config';
export type { KeyFieldNames } from './named-keys';
export { keyFromUri, type KeySchemes } from './key-from-uri';
export { keyringFromUris, type KeyringFromUrisOptions, type KeyringUris } from './keyring-from-uris';
export type { Environment, KeyUriProvider } from '@waxseal/core/provider';
export { localKeyUri } from '@waxseal/local-key';
export { importOptional } from './import-optional';
