export { VaultTransitKey } from './vault-transit-key';
export type { VaultTransitKeyOptions } from './vault-transit-key-options';
export type { VaultAppRoleAuth, VaultAuth, VaultKubernetesAuth, VaultTokenAuth } from './vault-auth';
export type { VaultFetch, VaultFetchAnswer } from './vault-fetch';
export { VaultAnswerError } from './vault-answer-error';
export { VaultProtocolError } from './vault-protocol-error';
