import { firstWord, KeyServiceAnswerError, type KeyServiceErrorReason } from '@waxseal/core/provider';

/** The members that errors of the SDK can have. */
export interface GcpErrorShape {
  readonly name?: unknown;
  /** Number of the gRPC status. */
  readonly code?: unknown;
  /** Message of the status, without its name. */
  readonly details?: unknown;
  /** Of the answer's `ErrorInfo`. */
  readonly reason?: unknown;
  readonly message?: unknown;
}

/** What Google's client says before, or instead of, an answer of the service. */
export interface GcpClientErrorRow {
  /** Code of Node.js, or `ErrorInfo.reason` of the service. */
  readonly code?: RegExp;
  readonly text?: RegExp;
  readonly reason: KeyServiceErrorReason;
  /** What it means and the next step; `$1` is the first group of the text, always one word. */
  readonly says: string;
}

const CREDENTIALS_FILE = "the credentials file (GOOGLE_APPLICATION_CREDENTIALS, or the client's keyFilename)";
const NO_FILE = `A file that the credentials need does not exist. Check the path of ${CREDENTIALS_FILE}, and the paths in it.`;

/**
 * Where the client has no credentials, or no token for them. The first row that fits counts: its text is
 * shown, since the client's own can quote a credentials file or an answer with a token.
 */
export const GCP_CREDENTIAL_ERRORS: readonly GcpClientErrorRow[] = [
  {
    text: /Could not load the default credentials/,
    reason: 'unavailable',
    says: 'No Google credentials were found. Set GOOGLE_APPLICATION_CREDENTIALS to a credentials file, attach a service account to the machine or pod, or run "gcloud auth application-default login".',
  },
  {
    code: /^ENOENT$/,
    reason: 'unavailable',
    says: NO_FILE,
  },
  {
    text: /file at .* does not exist/,
    reason: 'unavailable',
    says: NO_FILE,
  },
  {
    code: /^(?:EACCES|EPERM)$/,
    reason: 'unavailable',
    says: `This process may not read a file that the credentials need. Check owner and mode of ${CREDENTIALS_FILE}.`,
  },
  {
    text: /is not valid JSON|in JSON at position|Unexpected (?:token|end of JSON)/,
    reason: 'unavailable',
    says: `What was read for credentials is not JSON. Write ${CREDENTIALS_FILE} anew.`,
  },
  {
    text: /does not contain (?:an? )?(client_email|private_key|client_id|client_secret|refresh_token|source_credentials|service_account_impersonation_url) field/,
    reason: 'unavailable',
    says: `"$1" is missing in ${CREDENTIALS_FILE}. Write the file anew.`,
  },
  {
    text: /DECODER routines|PEM routines|no start line|asn1 encoding/i,
    reason: 'denied',
    says: `The private_key in ${CREDENTIALS_FILE} is no PEM key. Line ends within it are written as \\n.`,
  },
  {
    text: /Unable to detect a Project Id/,
    reason: 'unavailable',
    says: "Google's client found no project. Set GOOGLE_CLOUD_PROJECT.",
  },
  {
    text: /universe domain/,
    reason: 'denied',
    says: 'The credentials are of another universe than the client. Set GOOGLE_CLOUD_UNIVERSE_DOMAIN.',
  },
  {
    text: /\binvalid_grant\b/,
    reason: 'denied',
    says: 'The credentials were refused (invalid_grant): the key or login was revoked or has expired, or this machine\'s clock is wrong. Make a new key, or run "gcloud auth application-default login" again.',
  },
  {
    text: /\b(invalid_client|unauthorized_client|access_denied|invalid_target|invalid_request)\b/,
    reason: 'denied',
    says: `The credentials were refused ($1). Check client, audience and provider in ${CREDENTIALS_FILE}.`,
  },
  {
    text: /iam\.serviceAccounts\.getAccessToken|Unable to impersonate/,
    reason: 'denied',
    says: 'The service account may not be impersonated. Grant roles/iam.workloadIdentityUser or roles/iam.serviceAccountTokenCreator on it.',
  },
  {
    text: /Could not refresh access token|A (?:Forbidden|Not Found) error was returned/,
    reason: 'unavailable',
    says: 'What gives tokens has none for it. On a machine or pod of Google\'s, attach a service account, or bind the pod\'s to one (roles/iam.workloadIdentityUser); a person runs "gcloud auth application-default login" again.',
  },
  {
    text: /computeMetadata|169\.254\.169\.254|metadata\.google\.internal/,
    reason: 'unavailable',
    says: 'The metadata server does not answer. Let the pod reach 169.254.169.254 without a proxy (NO_PROXY), or set GOOGLE_APPLICATION_CREDENTIALS.',
  },
  {
    text: /\b(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPROTO|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT_LOCALLY|UNABLE_TO_VERIFY_LEAF_SIGNATURE|DEPTH_ZERO_SELF_SIGNED_CERT)\b/,
    reason: 'unavailable',
    says: 'The service that gives access tokens could not be reached ($1). Check the network, HTTPS_PROXY and NO_PROXY, and NODE_EXTRA_CA_CERTS.',
  },
];

// An identity provider that answers as Google's APIs do (AIP-193) gives its HTTP status for the code.
const REFUSED: ReadonlySet<unknown> = new Set([401, 403]);
const NO_TOKEN = 'Getting metadata from plugin failed';

/**
 * Whether the client could not get a token for the request: the text is that of whatever was asked for one.
 */
export function isTokenError(error: unknown): boolean {
  const { details } = (error ?? {}) as GcpErrorShape;
  return typeof details === 'string' && details.startsWith(NO_TOKEN);
}

/** All that an error says. */
function textOf({ details, message }: GcpErrorShape): string {
  return [details, message].filter((part) => typeof part === 'string').join(' ');
}

/** Whether a row is for an error. */
export function fits({ code, text }: Omit<GcpClientErrorRow, 'reason'>, shape: GcpErrorShape): boolean {
  const [named] = [shape.reason, shape.code].filter((each) => typeof each === 'string');
  return code === undefined ? text?.test(textOf(shape)) === true : code.test(named ?? '');
}

/**
 * Why the client has no credentials or no token. The source of tokens (a metadata server, an identity
 * provider) comes back by itself; a refusal does not.
 *
 * @param what the client could not do
 */
export function explainCredentials(error: unknown, what: string): KeyServiceAnswerError {
  const shape = (error ?? {}) as GcpErrorShape;
  const row = GCP_CREDENTIAL_ERRORS.find((each) => fits(each, shape));
  const originalName = firstWord(shape.code, shape.name === 'Error' ? undefined : shape.name);
  const said = textOf(shape);
  const word = (row?.text?.exec(said) ?? [])[1] ?? '';
  const says =
    row?.says.replace('$1', word) ??
    `Attach a service account, or set GOOGLE_APPLICATION_CREDENTIALS to a credentials file that is readable. The text is left out, since it can hold secrets.`;
  const reason = REFUSED.has(shape.code) ? 'denied' : (row?.reason ?? 'unavailable');
  const named = originalName === undefined || says.includes(originalName) ? '' : ` (${originalName})`;
  return new KeyServiceAnswerError(`The client ${what}${named}. ${says}`, reason, { originalName });
}
