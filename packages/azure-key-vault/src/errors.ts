import {
  explainWithoutText,
  firstWord,
  KeyServiceAnswerError,
  NETWORK_ERROR_REASONS as NODE_NETWORK_ERROR_REASONS,
  type KeyServiceErrorReason,
  type KeyServiceFailure,
} from '@waxseal/core/provider';
import { settingOf } from './sdk-errors';

/**
 * What each error means: by the service's `innererror.code`, then by its `error.code`, then by the name of an
 * error of the SDK or of `@azure/identity`. Sources: "Azure Key Vault REST API Error Codes", "Azure Key Vault
 * throttling guidance", and RFC 6749 §5.2 for what the login endpoint answers.
 */
export const AZURE_ERROR_REASONS: ReadonlyMap<string, KeyServiceErrorReason> = new Map([
  ['KeyDisabled', 'disabled'],
  ['KeyExpired', 'disabled'],
  ['KeyNotYetValid', 'disabled'],
  ['KeyOperationForbidden', 'denied'],
  ['AccessDenied', 'denied'],
  ['ForbiddenByPolicy', 'denied'],
  ['ForbiddenByRbac', 'denied'],
  ['ForbiddenByFirewall', 'denied'],
  ['ForbiddenByConnection', 'denied'],
  ['VaultRequestTypeLimitReached', 'throttled'],
  ['SubscriptionRequestTypeLimitReached', 'throttled'],

  ['Unauthorized', 'denied'],
  ['Forbidden', 'denied'],
  ['KeyNotFound', 'not-found'],
  ['BadParameter', 'rejected-ciphertext'],
  // The key is just being deleted, recovered or restored.
  ['Conflict', 'unavailable'],
  ['Throttled', 'throttled'],
  ['TooManyRequests', 'throttled'],
  ['InternalServerError', 'unavailable'],
  ['InternalError', 'unavailable'],
  ['ServiceUnavailable', 'unavailable'],
  ['GatewayTimeout', 'timeout'],
  ['RequestTimeout', 'timeout'],

  ['invalid_client', 'denied'],
  ['invalid_grant', 'denied'],
  ['invalid_request', 'denied'],
  ['invalid_scope', 'denied'],
  ['unauthorized_client', 'denied'],
  ['unsupported_grant_type', 'denied'],
  ['temporarily_unavailable', 'unavailable'],
  ['server_error', 'unavailable'],
  ['network_error', 'unavailable'],
  ['endpoints_resolution_error', 'unavailable'],

  // The source of tokens (instance metadata, a federated token file, a login endpoint) comes back by itself.
  ['CredentialUnavailableError', 'unavailable'],
  ['AuthenticationRequiredError', 'denied'],
  ['AuthenticationError', 'denied'],
  ['AbortError', 'timeout'],
  ['TimeoutError', 'timeout'],
  ['MissingTokenError', 'timeout'],
]);

/** What each code of a network error means: of the SDK, where Node gives none, and of Node. */
export const NETWORK_ERROR_REASONS: ReadonlyMap<string, KeyServiceErrorReason> = new Map([
  ['REQUEST_SEND_ERROR', 'unavailable'],
  ...NODE_NETWORK_ERROR_REASONS,
]);

/** The members that errors of the SDK and of `@azure/identity` can have. */
interface AzureErrorShape {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly statusCode?: unknown;
  readonly details?: { readonly error?: { readonly innerError?: { readonly code?: unknown } } };
  /** Of an `AuthenticationError`. */
  readonly errorResponse?: { readonly error?: unknown };
  /** Of an `AggregateAuthenticationError`. */
  readonly errors?: unknown;
}

/**
 * The innermost code decides; then the HTTP status, which tells of answers that came from something in
 * between; then the name.
 */
function reasonOf(shape: AzureErrorShape, exchange: KeyVaultExchange): KeyServiceErrorReason {
  if (shape.name === 'AggregateAuthenticationError') return reasonOfChain(shape, exchange);
  const { innererrorCode, code } = codesOfAzureError(shape);
  const status = shape.statusCode ?? exchange.statusCode;
  // Unwrapping, only the wrapped key can be wrong; else it is a key of another kind: there is none for the
  // algorithm.
  if (code === 'BadParameter' && exchange.operation !== 'unwrapKey') return 'not-found';
  // The connection ended within an answer that has no status yet.
  if (code === 'PARSE_ERROR' && shape.statusCode === undefined) return 'unavailable';
  return (
    AZURE_ERROR_REASONS.get(innererrorCode ?? '') ??
    AZURE_ERROR_REASONS.get(code ?? '') ??
    NETWORK_ERROR_REASONS.get(code ?? '') ??
    reasonOfStatus(status) ??
    AZURE_ERROR_REASONS.get(String(shape.name)) ??
    'unknown'
  );
}

/** The codes of the service, of the login endpoint or of the network in an error. */
function codesOfAzureError(shape: AzureErrorShape): {
  readonly code: string | undefined;
  readonly innererrorCode: string | undefined;
} {
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' && /^\w{1,64}$/.test(value) ? value : undefined;
  // MSAL's errors, as @azure/identity rethrows them, begin with their code.
  const [, loginCode] = /^([a-z_]{1,64}):/.exec(String(shape.message)) ?? [];
  const isLogin = /^(?:Authentication\w*|CredentialUnavailable)Error$/.test(String(shape.name));
  return {
    code: text(shape.code) ?? text(shape.errorResponse?.error) ?? (isLogin ? loginCode : undefined),
    innererrorCode: text(shape.details?.error?.innerError?.code),
  };
}

/**
 * A credential that tries several: what one of them was told weighs more than that the others had nothing to
 * try.
 */
function reasonOfChain({ errors }: AzureErrorShape, exchange: KeyVaultExchange): KeyServiceErrorReason {
  const reasons = (Array.isArray(errors) ? errors : []).map((error) =>
    reasonOf((error ?? {}) as AzureErrorShape, exchange),
  );
  return reasons.find((reason) => reason !== 'unavailable') ?? 'unavailable';
}

function reasonOfStatus(status: unknown): KeyServiceErrorReason | undefined {
  if (typeof status !== 'number') return undefined;
  if (status === 401 || status === 403) return 'denied';
  if (status === 408 || status === 504) return 'timeout';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'unavailable' : undefined;
}

/** Longest text of the service that is kept, in UTF-16 code units. */
const MAX_TEXT = 500;
/** A data key in base64url has 43 characters, a token hundreds; a key version has 32, a GUID 36. */
const LONG_RUN = /[A-Za-z0-9+/=_.-]{40,}/g;
const CHALLENGE = /^The challenge (?:resource|contains invalid scope|authorization URI)/;

/**
 * Why a request to Azure Key Vault failed, with what stands for the error, safe to log. A `RestError` holds
 * the request, with the bearer token and the data key, in members that cannot be removed; a parser's error
 * quotes the answer. So none is passed on: names, codes and the status are, and the service's own message
 * where its code is known.
 *
 * @param exchange what was asked, and what is known of the answer
 */
export function explainAzureError(error: unknown, exchange: KeyVaultExchange): KeyServiceFailure {
  const shape = (error ?? {}) as AzureErrorShape;
  const reason = reasonOf(shape, exchange);
  const { code, innererrorCode } = codesOfAzureError(shape);
  const status = shape.statusCode ?? exchange.statusCode;
  const statusCode = typeof status === 'number' ? status : undefined;
  const name = firstWord(shape.name);
  const told = [name, statusCode, code, innererrorCode].filter((part) => part !== undefined).map(String);
  const what = `Azure Key Vault, ${exchange.operation}: ${told.join(' ')}`;
  const details = { originalName: name, code, innererrorCode, statusCode };
  const because = settingOf(error, exchange.statusCode);
  const text = textOf(shape, code);
  const isUnauthenticated =
    statusCode === 401 ||
    String(name).endsWith('AuthenticationError') ||
    String(shape.message).includes('AADSTS');
  if (text === undefined && because === undefined) {
    return { ...explainWithoutText(what, reason, details), isUnauthenticated };
  }
  const message = [`${what}${text ?? ''}`, because].filter((part) => part !== undefined).join(' ');
  return { reason, because, isUnauthenticated, cause: new KeyServiceAnswerError(message, reason, details) };
}

/** What of an error's text can be told; `undefined` where it can hold secrets. */
function textOf({ message }: AzureErrorShape, code: string | undefined): string | undefined {
  const text = String(message);
  if (CHALLENGE.test(text)) {
    return '. The vault’s challenge names another domain than the vault’s; for a private cloud set clientOptions.disableChallengeResourceVerification.';
  }
  // The codes of the login are explained, and its text is long.
  if (text.includes('AADSTS')) return undefined;
  // A refused parameter could be quoted: it is the data key or the wrapped key.
  const isTold =
    code !== undefined &&
    code !== 'BadParameter' &&
    (AZURE_ERROR_REASONS.has(code) || NETWORK_ERROR_REASONS.has(code));
  return isTold ? `: ${text.slice(0, MAX_TEXT).replace(LONG_RUN, '[…]')}` : undefined;
}

/** One request to Azure Key Vault, and what is known of its answer. */
export interface KeyVaultExchange {
  readonly operation: 'wrapKey' | 'unwrapKey' | 'getKey';
  /** HTTP status, once there is an answer: the SDK loses it where the body of an error is empty. */
  statusCode?: number;
  /** The `Authorization` that was answered, to know a token by that was refused; never told. */
  authorization?: string | undefined;
  /** `kid` of the answer. The SDK's own result repeats the key ID of the request instead. */
  kid?: unknown;
}

/** What the SDK tells of an answer. */
export interface KeyVaultRawAnswer {
  readonly status: number;
  readonly parsedBody?: unknown;
  readonly request: { readonly headers: { get(name: string): string | undefined } };
}

/** For the SDK's `onResponse`: writes an answer into its exchange. */
export function recordAnswer(exchange: KeyVaultExchange): (answer: KeyVaultRawAnswer) => void {
  return ({ status, parsedBody, request }) => {
    exchange.statusCode = status;
    exchange.authorization = request.headers.get('authorization');
    exchange.kid = (parsedBody as { readonly kid?: unknown } | null | undefined)?.kid;
  };
}
