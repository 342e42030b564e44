export { LocalKey } from './local-key';
export { localKeyUri } from './from-uri';
export type { LocalKeyOptions, SingleLocalKeyOptions, VersionedLocalKeyOptions } from './options';
export {
  createLocalKeyringFile,
  type CreateLocalKeyringOptions,
  rotateLocalKey,
  type RotateLocalKeyOptions,
} from './change-keyring-file';
