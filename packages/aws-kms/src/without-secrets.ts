import { NETWORK_ERROR_REASONS } from '@waxseal/core';

import { AwsAnswerError } from './aws-answer-error';
import { AWS_ERROR_REASONS, reasonOfAwsError, type AwsErrorShape } from './aws-errors';

/** Their text can quote the canonical request, with its session token. */
const QUOTES_THE_REQUEST: ReadonlySet<string> = new Set([
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'IncompleteSignatureException',
  'IncompleteSignature',
]);

/**
 * An error of the SDK, safe to log: without the HTTP exchange, from which the request's session token can be reached. An error
 * of no known kind is replaced, since its text can quote an answer (a JSON parser does).
 */
export function withoutSecrets(error: unknown): unknown {
  if (error instanceof AwsAnswerError) return error;
  const shape = (error ?? {}) as AwsErrorShape & { readonly $fault?: unknown };
  const name = String(shape.name);
  const isKnown =
    AWS_ERROR_REASONS.has(name) ||
    NETWORK_ERROR_REASONS.has(String(shape.code)) ||
    typeof shape.$fault === 'string';
  if (isKnown && !QUOTES_THE_REQUEST.has(name) && typeof error === 'object' && error !== null) {
    forgetExchange(error);
    return error;
  }
  const { httpStatusCode, requestId } = shape.$metadata ?? {};
  // Service errors carry no code, network errors no telling name.
  const originalName = [shape.code, name].map(String).find((text) => /^(?!undefined$)\w{1,64}$/.test(text));
  return new AwsAnswerError(
    `AWS KMS: ${originalName ?? 'an error'}; its text is left out, since it can hold secrets.`,
    reasonOfAwsError(error),
    {
      originalName,
      httpStatusCode: typeof httpStatusCode === 'number' ? httpStatusCode : undefined,
      requestId: typeof requestId === 'string' ? requestId : undefined,
    },
  );
}

/** Class, message, status and request ID stay. The SDK's `$response` cannot be deleted, but emptied. */
function forgetExchange(error: object): void {
  Reflect.deleteProperty(error, '$responseBodyText');
  if (Reflect.deleteProperty(error, '$response')) return;
  const response: unknown = Reflect.get(error, '$response');
  if (typeof response === 'object' && response !== null) Reflect.set(response, 'body', undefined);
}
