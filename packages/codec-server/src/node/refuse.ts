import { errorResponse } from '../http/error-response';
import type { RequestError } from '../http/request-error';

/** The answer to a request that is refused before the handler sees it, and so has to have its headers here. */
export function refuse(error: RequestError): Response {
  const response = errorResponse(error);
  response.headers.set('Cache-Control', 'no-store');
  response.headers.set('X-Content-Type-Options', 'nosniff');
  return response;
}
