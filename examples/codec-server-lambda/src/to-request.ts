import type { HttpEvent } from './http-event';

/**
 * The request that an event stands for.
 *
 * @throws Error when the event is of another format
 */
export function toRequest(event: HttpEvent): Request {
  if (event.version !== '2.0') {
    throw new Error(
      'This function takes payload format 2.0: set PayloadFormatVersion of the integration to "2.0".',
    );
  }
  const { rawPath, rawQueryString, cookies = [], requestContext, body } = event;
  const query = rawQueryString === '' ? '' : `?${rawQueryString}`;
  const headers = new Headers();
  for (const [name, value] of Object.entries(event.headers)) {
    if (value !== undefined) headers.set(name, value);
  }
  if (cookies.length > 0) headers.set('cookie', cookies.join('; '));
  return new Request(`https://${requestContext.domainName}${rawPath}${query}`, {
    method: requestContext.http.method,
    headers,
    ...(body ? { body: event.isBase64Encoded ? Buffer.from(body, 'base64') : body } : {}),
  });
}
