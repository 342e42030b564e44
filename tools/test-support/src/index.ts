export { jsonPayload, type PayloadJson, payloadOfJson, toProtojson } from './payloads';
export { rejectionOf } from './rejection-of';
export { documentedRights } from './documented-rights';
