export { VaultTransitKey } from './vault-transit-key';
export type {
  VaultTransitKeyOptions,
  VaultAppRoleAuth,
  VaultAuth,
  VaultKubernetesAuth,
  VaultTokenAuth,
} from './options';
export type { VaultTlsOptions } from './tls-files';
export type { VaultFetch, VaultFetchAnswer } from './transport';
export { VaultConnectionError } from './connection-errors';
export { VaultAnswerError, VaultProtocolError } from './errors';
