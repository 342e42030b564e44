import type { CodecServer } from '../codec-server';
import { RequestError } from '../http/request-error';
import { isLoopback } from './is-loopback';
import { refuse } from './refuse';

/**
 * Refuses requests whose `Host` is not a loopback name. A page of any site can make its own name resolve to 127.0.0.1 (DNS
 * rebinding) and is then of the same origin as this server, so that CORS does not apply.
 */
export function requireLoopbackHost(fetch: CodecServer['fetch']): CodecServer['fetch'] {
  return async (request, connection) => {
    const host = `http://${request.headers.get('Host') ?? ''}`;
    if (URL.canParse(host) && isLoopback(new URL(host).hostname)) return fetch(request, connection);
    return refuse(
      new RequestError(
        403,
        'HOST_NOT_ALLOWED',
        'This Codec Server has no authentication and answers only at a loopback address, such as http://127.0.0.1.',
      ),
    );
  };
}
