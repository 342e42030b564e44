import { GcpAnswerError } from './gcp-answer-error';
import {
  GCP_ERROR_REASONS,
  isTokenError,
  reasonOfGcpError,
  type GcpErrorShape,
  type GcpMethod,
} from './gcp-errors';

/**
 * Their text is not always the service's: it can quote a token, or an answer that could not be read.
 * UNKNOWN, INTERNAL, DATA_LOSS, UNAUTHENTICATED.
 */
const QUOTES: ReadonlySet<number> = new Set([2, 13, 15, 16]);

/**
 * An error of the SDK, safe to log: without the metadata of the exchange and the decoded details, which drag the whole API
 * definition along. Status, message and `ErrorInfo` stay. An error of no known kind, and one whose text can
 * quote a request, an answer or a token, is replaced.
 */
export function withoutSecrets(error: unknown, method: GcpMethod): unknown {
  if (error instanceof GcpAnswerError) return error;
  const shape = (error ?? {}) as GcpErrorShape;
  const code = Number(shape.code);
  const known = GCP_ERROR_REASONS.get(code);
  if (known !== undefined && !QUOTES.has(code) && !isTokenError(error) && typeof error === 'object') {
    for (const member of ['metadata', 'statusDetails']) Reflect.deleteProperty(error as object, member);
    return error;
  }
  const originalName =
    known?.[0] ??
    [shape.code, shape.name].map(String).find((text) => /^(?!undefined$|null$)\w{1,64}$/.test(text));
  const what = isTokenError(error)
    ? 'the client could not get an access token'
    : (originalName ?? 'an error');
  return new GcpAnswerError(
    `Google Cloud KMS, ${method}: ${what}; the text is left out, since it can hold secrets.`,
    reasonOfGcpError(error, method),
    originalName,
  );
}
