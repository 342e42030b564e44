import { NETWORK_ERROR_REASONS, type KeyServiceErrorReason } from '@waxseal/core';

import { AwsAnswerError } from './aws-answer-error';

/**
 * What each error of AWS KMS, of every AWS service, and of the SDK means; by `name`. Sources: the errors that the KMS API
 * Reference lists for Encrypt, Decrypt and DescribeKey, and its "Common Errors".
 */
export const AWS_ERROR_REASONS: ReadonlyMap<string, KeyServiceErrorReason> = new Map([
  ['AccessDeniedException', 'denied'],
  ['AccessDenied', 'denied'],
  ['NotAuthorized', 'denied'],
  ['OptInRequired', 'denied'],
  ['UnrecognizedClientException', 'denied'],
  ['InvalidClientTokenId', 'denied'],
  ['MissingAuthenticationTokenException', 'denied'],
  ['MissingAuthenticationToken', 'denied'],
  ['IncompleteSignatureException', 'denied'],
  ['IncompleteSignature', 'denied'],
  ['InvalidSignatureException', 'denied'],
  ['SignatureDoesNotMatch', 'denied'],
  ['ExpiredTokenException', 'denied'],
  ['ExpiredToken', 'denied'],
  ['RequestExpired', 'denied'],
  ['InvalidGrantTokenException', 'denied'],

  ['NotFoundException', 'not-found'],
  ['InvalidArnException', 'not-found'],
  // A key of another kind: there is no symmetric encryption key of that ID.
  ['InvalidKeyUsageException', 'not-found'],
  ['UnsupportedOperationException', 'not-found'],

  ['DisabledException', 'disabled'],
  ['KMSInvalidStateException', 'disabled'],

  ['InvalidCiphertextException', 'rejected-ciphertext'],
  ['IncorrectKeyException', 'rejected-ciphertext'],

  ['ThrottlingException', 'throttled'],
  ['Throttling', 'throttled'],
  ['ThrottledException', 'throttled'],
  ['RequestLimitExceeded', 'throttled'],
  ['TooManyRequestsException', 'throttled'],
  ['LimitExceededException', 'throttled'],

  ['DependencyTimeoutException', 'unavailable'],
  ['KMSInternalException', 'unavailable'],
  ['KeyUnavailableException', 'unavailable'],
  ['InternalFailure', 'unavailable'],
  ['InternalServerError', 'unavailable'],
  ['InternalServerException', 'unavailable'],
  ['ServiceUnavailable', 'unavailable'],
  ['ServiceUnavailableException', 'unavailable'],
  // The source of credentials (instance metadata, an identity provider) comes back by itself.
  ['CredentialsProviderError', 'unavailable'],
  ['TokenProviderError', 'unavailable'],

  ['TimeoutError', 'timeout'],
  ['AbortError', 'timeout'],
  ['RequestTimeout', 'timeout'],
  ['RequestTimeoutException', 'timeout'],
]);

const SIGNED_AT_A_WRONG_TIME: ReadonlySet<string> = new Set([
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'RequestExpired',
]);

/** The members that errors of the SDK can have. */
export interface AwsErrorShape {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly $metadata?: {
    readonly httpStatusCode?: unknown;
    readonly requestId?: unknown;
    readonly clockSkewCorrected?: unknown;
  };
}

/**
 * Why a request to AWS KMS failed. A network code decides before the name, since the SDK names a reset connection
 * `TimeoutError`; both decide before the HTTP status, which only tells of answers that came from something in between.
 */
export function reasonOfAwsError(error: unknown): KeyServiceErrorReason {
  if (error instanceof AwsAnswerError) return error.reason;
  const { name, code, $metadata } = (error ?? {}) as AwsErrorShape;
  // The SDK has just learnt by how much the clock is wrong, and signs rightly from now on.
  if ($metadata?.clockSkewCorrected === true && SIGNED_AT_A_WRONG_TIME.has(String(name)))
    return 'unavailable';
  return (
    NETWORK_ERROR_REASONS.get(String(code)) ??
    AWS_ERROR_REASONS.get(String(name)) ??
    reasonOfStatus($metadata?.httpStatusCode)
  );
}

function reasonOfStatus(status: unknown): KeyServiceErrorReason {
  if (typeof status !== 'number') return 'unknown';
  if (status === 401 || status === 403) return 'denied';
  if (status === 408) return 'timeout';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'unavailable' : 'unknown';
}
