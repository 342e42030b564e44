import {
  explainWithoutText,
  firstWord,
  type KeyServiceErrorReason,
  type KeyServiceFailure,
} from '@waxseal/core/provider';

/** What was asked. */
export type GcpMethod = 'Encrypt' | 'Decrypt' | 'GetCryptoKey' | 'TestIamPermissions';

/**
 * What each gRPC status means, by its number in `google/rpc/code.proto`: the service answers these, and so
 * does the gRPC client for what happens on the way. Source: that file, and the guide "Errors" of Google's API
 * design (AIP-193).
 */
export const GCP_ERROR_REASONS: ReadonlyMap<number, readonly [name: string, KeyServiceErrorReason]> = new Map(
  [
    [1, ['CANCELLED', 'unavailable']],
    [2, ['UNKNOWN', 'unknown']],
    // Decrypt answers it to a ciphertext that is not this key's, or was changed, and to another AAD: see
    // reasonOf.
    [3, ['INVALID_ARGUMENT', 'unknown']],
    [4, ['DEADLINE_EXCEEDED', 'timeout']],
    [5, ['NOT_FOUND', 'not-found']],
    [6, ['ALREADY_EXISTS', 'unknown']],
    [7, ['PERMISSION_DENIED', 'denied']],
    [8, ['RESOURCE_EXHAUSTED', 'throttled']],
    // The version is disabled, destroyed or not made yet; or the key is for another purpose.
    [9, ['FAILED_PRECONDITION', 'disabled']],
    [10, ['ABORTED', 'unavailable']],
    [11, ['OUT_OF_RANGE', 'unknown']],
    [12, ['UNIMPLEMENTED', 'unknown']],
    [13, ['INTERNAL', 'unavailable']],
    [14, ['UNAVAILABLE', 'unavailable']],
    [15, ['DATA_LOSS', 'unavailable']],
    [16, ['UNAUTHENTICATED', 'denied']],
  ],
);

/** The members that errors of the SDK can have. */
interface GcpErrorShape {
  readonly name?: unknown;
  /** Number of the gRPC status. */
  readonly code?: unknown;
  /** Message of the status, without its name. */
  readonly details?: unknown;
}

const INVALID_ARGUMENT = 3;
const CHECKSUM = /crc32c|checksum/i;
// An identity provider that answers as Google's APIs do (AIP-193) gives its HTTP status for the code.
const REFUSED: ReadonlySet<unknown> = new Set([401, 403]);
const NO_TOKEN = 'Getting metadata from plugin failed';
const REFUSED_BY_IDENTITY_PROVIDER = /\b(?:invalid_grant|invalid_client|unauthorized_client|access_denied)\b/;

/**
 * Whether the client could not get a token for the request: the text is that of whatever was asked for one.
 */
function isTokenError({ details }: GcpErrorShape): boolean {
  return typeof details === 'string' && details.startsWith(NO_TOKEN);
}

function reasonOf(shape: GcpErrorShape, method: GcpMethod): KeyServiceErrorReason {
  const { code, details } = shape;
  if (isTokenError(shape)) {
    // The source of tokens (a metadata server, an identity provider) comes back by itself; a refusal does
    // not.
    const isRefused = REFUSED.has(code) || REFUSED_BY_IDENTITY_PROVIDER.test(String(details));
    return isRefused ? 'denied' : 'unavailable';
  }
  if (code === INVALID_ARGUMENT) {
    if (CHECKSUM.test(String(details))) return 'unavailable';
    return method === 'Decrypt' ? 'rejected-ciphertext' : 'unknown';
  }
  return GCP_ERROR_REASONS.get(Number(code))?.[1] ?? 'unknown';
}

/**
 * Their text is not always the service's: it can quote a token, or an answer that could not be read.
 * UNKNOWN, INTERNAL, DATA_LOSS, UNAUTHENTICATED.
 */
const QUOTES: ReadonlySet<number> = new Set([2, 13, 15, 16]);

/**
 * Why a request to Google Cloud KMS failed, with an error that is safe to log: the SDK's without the metadata
 * of the exchange and the decoded details, which drag the whole API definition along. Status, message and
 * `ErrorInfo` stay. An error of no known kind, and one whose text can quote a request, an answer or a token,
 * is replaced.
 */
export function explainGcpError(error: unknown, method: GcpMethod): KeyServiceFailure {
  const shape = (error ?? {}) as GcpErrorShape;
  const reason = reasonOf(shape, method);
  const code = Number(shape.code);
  const known = GCP_ERROR_REASONS.get(code);
  if (known !== undefined && !QUOTES.has(code) && !isTokenError(shape) && typeof error === 'object') {
    for (const member of ['metadata', 'statusDetails']) Reflect.deleteProperty(error as object, member);
    return { reason, cause: error };
  }
  const originalName = known?.[0] ?? firstWord(shape.code, shape.name);
  const what = isTokenError(shape)
    ? 'the client could not get an access token'
    : (originalName ?? 'an error');
  return explainWithoutText(`Google Cloud KMS, ${method}: ${what}`, reason, { originalName });
}
