export { defineConfig, type EnvelopeConfig, type WaxsealConfig } from './waxseal-config';
export type { ServerConfig } from '@waxseal/codec-server/server-config';
export { loadConfig, type LoadConfigOptions, type LoadedConfig } from './load-config';
export { type Environment, localKeyUri } from './keys/uri';
export { keyFromUri } from './keys/key-from-uri';
export { keyringFromUris, type KeyringUris } from './keyring-from-uris';
export { importOptional } from './import-optional';
