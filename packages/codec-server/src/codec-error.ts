import { isWaxsealError, type WaxsealError } from '@waxseal/core';
import { RequestError } from './request-error';

const RETRY_AFTER_SECONDS = 1;

/**
 * Turns what a codec threw into what the client is told: a code, and a sentence without key IDs, names or
 * causes. The original is kept as `cause` for the server's own log.
 */
export function toRequestError(error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  if (!isWaxsealError(error)) {
    return new RequestError(500, 'INTERNAL', 'The Codec Server failed. Its log has the details.', {
      cause: error,
    });
  }
  return fromWaxsealError(error);
}

function fromWaxsealError(error: WaxsealError): RequestError {
  const { code } = error;
  switch (code) {
    case 'WAXSEAL_MALFORMED_ENVELOPE':
      return new RequestError(400, code, 'A payload is not a valid envelope.', { cause: error });
    case 'WAXSEAL_UNKNOWN_KEY':
      return new RequestError(404, code, 'A payload names a key that this server does not have.', {
        cause: error,
      });
    case 'WAXSEAL_DECRYPTION_FAILED':
      return new RequestError(422, code, 'A payload could not be decrypted.', { cause: error });
    case 'WAXSEAL_CONTEXT_MISMATCH':
      return new RequestError(422, code, 'A payload was encrypted for another namespace or workflow.', {
        cause: error,
      });
    case 'WAXSEAL_UNENCRYPTED_PAYLOAD':
      return new RequestError(422, code, 'A payload is not encrypted.', { cause: error });
    case 'WAXSEAL_PAYLOAD_TOO_LARGE':
      return new RequestError(413, code, 'The payloads are too large for Temporal once they are encrypted.', {
        cause: error,
      });
    case 'WAXSEAL_KEY_SERVICE':
      return error.retryable
        ? new RequestError(503, code, 'The key service is not available at present. Try again.', {
            cause: error,
            retryAfterSeconds: RETRY_AFTER_SECONDS,
          })
        : new RequestError(502, code, 'The key service refused the request.', { cause: error });
    case 'WAXSEAL_STORE':
      return error.retryable
        ? new RequestError(503, code, 'The store is not available at present. Try again.', {
            cause: error,
            retryAfterSeconds: RETRY_AFTER_SECONDS,
          })
        : new RequestError(502, code, 'The store refused the request.', { cause: error });
    case 'WAXSEAL_TOKEN':
      return fromTokenError(error);
    case 'WAXSEAL_COMPRESSION':
      return hasReason(error, 'too-large')
        ? new RequestError(413, code, 'A payload is larger once it is decompressed than is allowed.', {
            cause: error,
          })
        : new RequestError(422, code, 'A payload could not be decompressed.', { cause: error });
    case 'WAXSEAL_PEER_FORMAT':
      return hasReason(error, 'unknown-key')
        ? new RequestError(
            404,
            code,
            'A payload of another format names a key that this server does not have.',
            {
              cause: error,
            },
          )
        : new RequestError(422, code, 'A payload of another format could not be decrypted.', {
            cause: error,
          });
    case 'WAXSEAL_SUBJECT_SHREDDED':
      return new RequestError(410, code, 'A payload was of somebody whose data have been erased.', {
        cause: error,
      });
    case 'WAXSEAL_CODEC_CLOSED':
      return new RequestError(503, code, 'The Codec Server is shutting down. Try again.', {
        cause: error,
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    default:
      return new RequestError(500, code, 'The Codec Server failed. Its log has the details.', {
        cause: error,
      });
  }
}

function fromTokenError(error: WaxsealError): RequestError {
  const { code } = error;
  if (hasReason(error, 'not-found')) {
    return new RequestError(404, code, 'A token stands for a payload that the store does not have.', {
      cause: error,
    });
  }
  if (hasReason(error, 'too-large')) {
    return new RequestError(413, code, 'The tokens stand for more than this server decodes at once.', {
      cause: error,
    });
  }
  return new RequestError(422, code, 'A token does not lead to its payload.', { cause: error });
}

/** Whether an error of a package that a server need not have gives `reason`. */
function hasReason(error: WaxsealError, reason: string): boolean {
  return (error as WaxsealError & { readonly reason?: unknown }).reason === reason;
}
