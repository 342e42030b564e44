import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** A request that is answered with an error. Status, code and message all go to the client, so they hold no secrets. */
export class RequestError extends HTTPException {
  override readonly name = 'RequestError';
  /** Stable, machine-readable code in the answer's body. */
  readonly code: string;
  /** Seconds after which the client may try again (`Retry-After`). */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    status: ContentfulStatusCode,
    code: string,
    message: string,
    options?: { readonly cause?: unknown; readonly retryAfterSeconds?: number },
  ) {
    super(status, { message, cause: options?.cause });
    this.code = code;
    this.retryAfterSeconds = options?.retryAfterSeconds;
  }
}
