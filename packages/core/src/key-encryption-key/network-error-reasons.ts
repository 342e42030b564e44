import type { KeyServiceErrorReason } from '../errors/key-service-error';

/** What each code of Node's network errors means, for providers whose SDK hands them on. */
export const NETWORK_ERROR_REASONS: ReadonlyMap<string, KeyServiceErrorReason> = new Map([
  ['ECONNREFUSED', 'unavailable'],
  ['ECONNRESET', 'unavailable'],
  ['ECONNABORTED', 'unavailable'],
  ['EPIPE', 'unavailable'],
  ['ENOTFOUND', 'unavailable'],
  ['EAI_AGAIN', 'unavailable'],
  ['EHOSTUNREACH', 'unavailable'],
  ['ENETUNREACH', 'unavailable'],
  ['EPROTO', 'unavailable'],
  ['CERT_HAS_EXPIRED', 'unavailable'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'unavailable'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'unavailable'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unavailable'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'unavailable'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'unavailable'],
  ['ETIMEDOUT', 'timeout'],
]);
