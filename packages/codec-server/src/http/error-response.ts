import type { RequestError } from './request-error';

/**
 * The answer to a request that failed: `{ "error": { "code", "message" } }`. Headers that every answer has (CORS, security,
 * request ID) are added elsewhere.
 */
export function errorResponse(error: RequestError): Response {
  const headers = new Headers({ 'Content-Type': 'application/json; charset=utf-8' });
  if (error.retryAfterSeconds !== undefined) headers.set('Retry-After', String(error.retryAfterSeconds));
  if (error.challenge !== undefined) headers.set('WWW-Authenticate', error.challenge);
  if (error.status === 405) headers.set('Allow', 'POST, OPTIONS');
  const body = { error: { code: error.code, message: error.message } };
  return new Response(JSON.stringify(body), { status: error.status, headers });
}
