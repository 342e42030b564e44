export { VaultTransitKey } from './vault-transit-key';
export type {
  VaultTransitKeyOptions,
  VaultAppRoleAuth,
  VaultAuth,
  VaultKubernetesAuth,
  VaultTokenAuth,
  VaultFetch,
  VaultFetchAnswer,
} from './options';
export { VaultAnswerError, VaultProtocolError } from './errors';
