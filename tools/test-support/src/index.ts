export { startFreezingRelay, type FreezingRelay } from './freezing-relay';
export { startGoogleTokens, type GoogleTokens } from './google-tokens';
export { startHttpProxy, type HttpProxy } from './http-proxy';
export { startKeyProcess, type KeyOutcome, type KeyProcess } from './key-process';
export { startManagedIdentity, type ManagedIdentity } from './managed-identity';
export { jsonPayload, type PayloadJson, payloadOfJson, toProtojson } from './payloads';
export { rejectionOf } from './rejection-of';
export { documentedRights } from './documented-rights';
