import type { IncomingMessage } from 'node:http';
import { RequestError } from '../http/request-error';

const MAX_HEADERS = 500;
const DOT_SEGMENT = /\/(\.|%2e){1,2}(?:\/|$)/i;

/**
 * What is wrong with a request that Node lets pass although something in front could have read it otherwise: who it is
 * addressed to (RFC 9112 §3.2, §3.2.2), where its body ends (§6.1), or what its path is. Or it has too many headers: Node
 * counts the characters of their names and values only.
 *
 * @param isTls whether it came over TLS
 */
export function malformedRequest(
  { url = '', headers, headersDistinct, httpVersion, rawHeaders }: IncomingMessage,
  isTls: boolean,
): RequestError | undefined {
  if (rawHeaders.length > 2 * MAX_HEADERS) {
    return new RequestError(
      431,
      'HEADERS_TOO_LARGE',
      `The request has more than ${String(MAX_HEADERS)} headers.`,
    );
  }
  if ((headersDistinct['host'] ?? []).length > 1) return malformed('The request has more than one Host.');
  const own = `${isTls ? 'https' : 'http'}://${headers.host ?? ''}/`;
  if (!url.startsWith('/') && !url.startsWith(own)) {
    return malformed('The target of the request is of another server.');
  }
  const [path = ''] = url.split(/[?#]/, 1);
  if (DOT_SEGMENT.test(path)) return malformed('The path of the request has a segment "." or "..".');
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && (coding.toLowerCase() !== 'chunked' || httpVersion !== '1.1')) {
    return malformed('The request has a Transfer-Encoding other than chunked.');
  }
  return undefined;
}

function malformed(message: string): RequestError {
  return new RequestError(400, 'MALFORMED_REQUEST', message);
}
