import { RequestError } from './request-error';

/** A body over the limit. */
export function bodyTooLarge(limitBytes: number): RequestError {
  return new RequestError(
    413,
    'BODY_TOO_LARGE',
    `The body is larger than ${String(limitBytes)} bytes. Send fewer payloads at once, or raise the server's body limit.`,
  );
}
