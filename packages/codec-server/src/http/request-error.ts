import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** What a {@link RequestError} may have besides its status, code and message. */
interface RequestErrorOptions {
  /** For the server's own log. */
  readonly cause?: unknown;
  readonly retryAfterSeconds?: number;
  readonly challenge?: string;
  readonly detail?: string;
}

/** A request that is answered with an error. Status, code and message all go to the client, so they hold no secrets. */
export class RequestError extends HTTPException {
  override readonly name = 'RequestError';
  /** Stable, machine-readable code in the answer's body. */
  readonly code: string;
  /** Seconds after which the client may try again (`Retry-After`). */
  readonly retryAfterSeconds: number | undefined;
  /** What the client is asked for (`WWW-Authenticate`). */
  readonly challenge: string | undefined;
  /** More about the reason, for the audit log only: a few fixed words, never a token's content. */
  readonly detail: string | undefined;

  constructor(
    status: ContentfulStatusCode,
    code: string,
    message: string,
    options: RequestErrorOptions = {},
  ) {
    super(status, { message, cause: options.cause });
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.challenge = options.challenge;
    this.detail = options.detail;
  }
}

/**
 * The answer to somebody who asks for too much: 429.
 *
 * @param waitMs after how long there is room again
 */
export function tooMany(code: string, message: string, waitMs: number): RequestError {
  return new RequestError(429, code, message, { retryAfterSeconds: Math.ceil(waitMs / 1000) });
}
