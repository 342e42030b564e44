export {
  defineConfig,
  type EnvelopeConfig,
  type WaxsealConfig,
  type ServerConfig,
  type TlsConfig,
} from './waxseal-config';
export { loadConfig, type LoadConfigOptions, type LoadedConfig } from './load-config';
export { type Environment, localKeyUri } from './keys/uri';
export { keyFromUri } from './keys/key-from-uri';
export { keyringFromUris, type KeyringUris } from './keyring-from-uris';
