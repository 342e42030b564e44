export { keyFromUri } from './keys/key-from-uri';
export { keyringFromUris, type KeyringUris } from './keys/keyring-from-uris';
export { localKeyUri } from './keys/local-key-uri';
