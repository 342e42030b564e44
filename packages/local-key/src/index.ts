export { LocalKey } from './local-key';
export type { LocalKeyOptions, SingleLocalKeyOptions, VersionedLocalKeyOptions } from './local-key-options';
export { createLocalKeyringFile, type CreateLocalKeyringOptions } from './create-local-keyring-file';
export { rotateLocalKey, type RotateLocalKeyOptions } from './rotate-local-key';
