import { helpFor } from '@waxseal/core/internal';
import type { Answer } from './server-request';

/** What a {@link RequestError} may have besides its status, code and message. */
interface RequestErrorOptions {
  /** For the server's own log. */
  readonly cause?: unknown;
  readonly retryAfterSeconds?: number;
  readonly challenge?: string;
  readonly detail?: string;
}

/**
 * A request that is answered with an error. Status, code and message all go to the client, so they hold no
 * secrets.
 */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  /** Status of HTTP: 400 to 599. */
  readonly status: number;
  /** Stable, machine-readable code in the answer's body. */
  readonly code: string;
  /** Seconds after which the client may try again (`Retry-After`). */
  readonly retryAfterSeconds: number | undefined;
  /** What the client is asked for (`WWW-Authenticate`). */
  readonly challenge: string | undefined;
  /** More about the reason, for the audit log only: a few fixed words, never a token's content. */
  readonly detail: string | undefined;

  constructor(status: number, code: string, message: string, options: RequestErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.challenge = options.challenge;
    this.detail = options.detail;
  }
}

/**
 * The answer to a client that asks for too much: 429.
 *
 * @param waitMs after how long there is room again
 */
export function tooMany(code: string, message: string, waitMs: number): RequestError {
  return new RequestError(429, code, message, { retryAfterSeconds: Math.ceil(waitMs / 1000) });
}

/** The page on this server; `docs/codec-server.md` is its source. */
export const DOCUMENTATION = 'https://waxseal.github.io/waxseal/codec-server';

/** Where the codes are explained that only this server has. */
const OWN_CODES = `${DOCUMENTATION}#errors`;

/**
 * The answer to a request that failed: `{ "error": { "code", "message", "help" } }`. Headers that every
 * answer has (CORS, security, request ID) are added elsewhere.
 */
export function errorAnswer(error: RequestError): Answer {
  const { status, code, message, retryAfterSeconds, challenge } = error;
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
      ...(challenge === undefined ? {} : { 'www-authenticate': challenge }),
      ...(status === 405 ? { allow: 'POST, OPTIONS' } : {}),
    },
    body: JSON.stringify({
      error: { code, message, help: code.startsWith('WAXSEAL_') ? helpFor(code) : OWN_CODES },
    }),
  };
}

/** A body over the limit. */
export function bodyTooLarge(limitBytes: number): RequestError {
  return new RequestError(
    413,
    'BODY_TOO_LARGE',
    `The body is larger than ${String(limitBytes)} bytes. Send fewer payloads at once, or raise the server's body limit.`,
  );
}

/** What is known about a request that is not authenticated. */
interface UnauthorizedOptions {
  readonly detail?: string;
}

/**
 * A request that does not prove who makes it: 401. A token that was sent and is of no use is named as RFC
 * 6750 §3 has it.
 *
 * @param message tells the user what to set; holds nothing of the token
 */
export function unauthorized(code: string, message: string, options: UnauthorizedOptions = {}): RequestError {
  const realm = 'Bearer realm="codec-server"';
  const challenge =
    code === 'TOKEN_MISSING' || code.startsWith('CLIENT_CERTIFICATE')
      ? realm
      : `${realm}, error="invalid_token", error_description="${code}"`;
  return new RequestError(401, code, message, { ...options, challenge });
}

/**
 * A body that is not a `temporal.api.common.v1.Payloads` in protojson. `where` is a path such as
 * `payloads[2].data`.
 */
export function malformedRequest(where: string, problem: string): RequestError {
  return new RequestError(400, 'MALFORMED_REQUEST', `${where} ${problem}.`);
}
