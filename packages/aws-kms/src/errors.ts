import {
  explainWithoutText,
  firstWord,
  NETWORK_ERROR_REASONS,
  type KeyServiceErrorReason,
  type KeyServiceFailure,
} from '@waxseal/core/provider';
import { explainSdkError, refusedAgain, STALE_CREDENTIALS } from './sdk-errors';

/**
 * What each error of AWS KMS, of every AWS service, and of the SDK means; by `name`. Sources: the errors that
 * the KMS API Reference lists for Encrypt, Decrypt and DescribeKey, and its "Common Errors".
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
interface AwsErrorShape {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly $fault?: unknown;
  readonly $metadata?: {
    readonly httpStatusCode?: unknown;
    readonly requestId?: unknown;
    readonly clockSkewCorrected?: unknown;
  };
}

/**
 * Why a request to AWS KMS failed. A network code decides before the name, since the SDK names a reset
 * connection `TimeoutError`; both decide before the HTTP status, which only tells of answers that came from
 * something in between.
 */
function reasonOf({ name, code, $metadata }: AwsErrorShape): KeyServiceErrorReason {
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

/** Their text can quote the canonical request, with its session token. */
const QUOTES_THE_REQUEST: ReadonlySet<string> = new Set([
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'IncompleteSignatureException',
  'IncompleteSignature',
]);

/**
 * Why a request to AWS KMS failed, with an error that is safe to log: the SDK's without the HTTP exchange,
 * from which the request's session token can be reached. An error of no known kind is replaced, since its
 * text can quote an answer (a JSON parser does).
 */
export function explainAwsError(error: unknown): KeyServiceFailure {
  return explainSdkError(error) ?? explainServiceError(error);
}

function explainServiceError(error: unknown): KeyServiceFailure {
  const shape = (error ?? {}) as AwsErrorShape;
  const reason = reasonOf(shape);
  const name = String(shape.name);
  const isKnown =
    AWS_ERROR_REASONS.has(name) ||
    NETWORK_ERROR_REASONS.has(String(shape.code)) ||
    typeof shape.$fault === 'string';
  if (isKnown && !QUOTES_THE_REQUEST.has(name) && typeof error === 'object' && error !== null) {
    forgetExchange(error);
    const isUnauthenticated = STALE_CREDENTIALS.has(name) || MALFORMED_SIGNATURES.has(name);
    return { reason, cause: error, because: becauseOf(shape), isUnauthenticated };
  }
  const { httpStatusCode, requestId } = shape.$metadata ?? {};
  // Service errors carry no code, network errors no telling name.
  const originalName = firstWord(shape.code, name);
  const failure = explainWithoutText(`AWS KMS: ${originalName ?? 'an error'}`, reason, {
    originalName,
    httpStatusCode: typeof httpStatusCode === 'number' ? httpStatusCode : undefined,
    requestId: typeof requestId === 'string' ? requestId : undefined,
  });
  return { ...failure, isUnauthenticated: QUOTES_THE_REQUEST.has(name) };
}

/** Requests that were not signed, or of which nothing could be told. */
const MALFORMED_SIGNATURES: ReadonlySet<string> = new Set([
  'MissingAuthenticationTokenException',
  'MissingAuthenticationToken',
  'RequestExpired',
]);

/** What the reason alone does not say. */
function becauseOf({ name, $metadata }: AwsErrorShape): string | undefined {
  if (STALE_CREDENTIALS.has(String(name))) return refusedAgain();
  const status = $metadata?.httpStatusCode;
  if (typeof status !== 'number' || !/^Unknown(?:Error)?$/.test(String(name))) return undefined;
  const where = 'something between here and AWS did, such as the proxy of HTTPS_PROXY';
  return `AWS KMS did not answer: ${where}, with HTTP ${String(status)}.`;
}

/** Class, message, status and request ID stay. The SDK's `$response` cannot be deleted, but emptied. */
function forgetExchange(error: object): void {
  Reflect.deleteProperty(error, '$responseBodyText');
  if (Reflect.deleteProperty(error, '$response')) return;
  const response: unknown = Reflect.get(error, '$response');
  if (typeof response === 'object' && response !== null) Reflect.set(response, 'body', undefined);
}
