import {
  ConfigurationError,
  explainWithoutText,
  firstWord,
  KeyServiceAnswerError,
  type KeyServiceErrorReason,
  type KeyServiceFailure,
} from '@waxseal/core/provider';
import {
  explainCredentials,
  fits,
  isTokenError,
  type GcpClientErrorRow,
  type GcpErrorShape,
} from './credential-errors';

/** What was asked. */
export type GcpMethod =
  'Encrypt' | 'Decrypt' | 'GetCryptoKey' | 'ListCryptoKeyVersions' | 'TestIamPermissions';

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

/** What is added to the text of an answer, where it does not say the next step. */
export const GCP_NEXT_STEPS: readonly Omit<GcpClientErrorRow, 'reason'>[] = [
  {
    text: /requires a quota project/,
    says: 'Set GOOGLE_CLOUD_QUOTA_PROJECT, or run "gcloud auth application-default set-quota-project <project>".',
  },
  {
    code: /^USER_PROJECT_DENIED$/,
    says: 'Grant roles/serviceusage.serviceUsageConsumer on the quota project (GOOGLE_CLOUD_QUOTA_PROJECT, quota_project_id).',
  },
  { code: /^SERVICE_DISABLED$/, says: 'Run "gcloud services enable cloudkms.googleapis.com".' },
  { code: /^BILLING_DISABLED$/, says: 'Enable billing for the project.' },
  {
    text: /Deadline exceeded.*(?:Waiting for LB pick|waiting for name resolution)/,
    says: 'There was no connection, or no access token, in time: check the network, "?endpoint=", HTTPS_PROXY and NO_PROXY, and that the metadata server, or what gives tokens, can be reached.',
  },
  {
    text: /Name resolution failed/,
    says: 'Check the name in "?endpoint=", the DNS of this machine, and HTTPS_PROXY.',
  },
  {
    text: /self[- ]signed certificate|unable to (?:get|verify)|unable to verify the first certificate/,
    says: 'Set NODE_EXTRA_CA_CERTS to the certificate of the authority that signed it.',
  },
  {
    text: /does not match certificate's altnames/,
    says: 'Write the endpoint by a name that is in the certificate.',
  },
  {
    text: /wrong version number|packet length too long/,
    says: 'Something there speaks no TLS: check the port of "?endpoint=".',
  },
  {
    // gRPC keeps what a proxy said to itself.
    text: /No connection established\. Last error: undefined/,
    says: 'The proxy (HTTPS_PROXY, HTTP_PROXY, grpc_proxy) did not let the connection through: let it, or name the host in NO_PROXY.',
  },
  {
    text: /No connection established|ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/,
    says: 'Check the network, "?endpoint=", HTTPS_PROXY and NO_PROXY.',
  },
];

const INVALID_ARGUMENT = 3;
const UNAUTHENTICATED = 16;
const CHECKSUM = /crc32c|checksum/i;

/** Whether the service refused the access token, and not what was asked with it. */
export function isTokenRefused(error: unknown): boolean {
  const { code } = (error ?? {}) as GcpErrorShape;
  return code === UNAUTHENTICATED && !isTokenError(error);
}

function reasonOf({ code, details }: GcpErrorShape, method: GcpMethod): KeyServiceErrorReason {
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
 * `ErrorInfo` stay, with the next step where the message does not say it. An error of no known kind, and one
 * whose text can quote a request, an answer or a token, is replaced.
 */
export function explainGcpError(error: unknown, method: GcpMethod): KeyServiceFailure {
  if (error instanceof ConfigurationError) return { reason: 'denied', cause: error };
  const shape = (error ?? {}) as GcpErrorShape & { message?: unknown };
  if (isTokenError(error)) {
    const cause = explainCredentials(error, 'could not get an access token');
    return { reason: cause.reason, cause, because: cause.message, isUnauthenticated: true };
  }
  const reason = reasonOf(shape, method);
  const code = Number(shape.code);
  const known = GCP_ERROR_REASONS.get(code);
  if (isTokenRefused(error)) {
    const text = `Google Cloud KMS, ${method}: UNAUTHENTICATED. The access token was refused, and another one too: check that the service account or login is neither disabled nor deleted, that its key was not replaced, and this machine's clock. The text is left out, since it can hold secrets.`;
    const cause = new KeyServiceAnswerError(text, reason, { originalName: known?.[0] });
    return { reason, cause, isUnauthenticated: true };
  }
  if (known !== undefined && !QUOTES.has(code) && typeof error === 'object') {
    for (const member of ['metadata', 'statusDetails']) Reflect.deleteProperty(error as object, member);
    const step = GCP_NEXT_STEPS.find((row) => fits(row, shape));
    if (step !== undefined)
      shape.message = `${String(shape.message).replace(/(?<![.:])$/, '.')} ${step.says}`;
    return { reason, cause: error, because: step?.says };
  }
  const originalName = known?.[0] ?? firstWord(shape.code, shape.name);
  return explainWithoutText(`Google Cloud KMS, ${method}: ${originalName ?? 'an error'}`, reason, {
    originalName,
  });
}
