import { RequestError } from '../http/request-error';

/** What is known about a request that is not authenticated. */
interface UnauthorizedOptions {
  readonly detail?: string;
}

/**
 * A request that does not prove who makes it: 401. A token that was sent and is of no use is named as RFC 6750 §3 has it.
 *
 * @param message tells the user what to set; holds nothing of the token
 */
export function unauthorized(code: string, message: string, options: UnauthorizedOptions = {}): RequestError {
  const realm = 'Bearer realm="codec-server"';
  const challenge =
    code === 'TOKEN_MISSING' || code.startsWith('CLIENT_CERTIFICATE')
      ? realm
      : `${realm}, error="invalid_token", error_description="${code}"`;
  return new RequestError(401, code, message, { ...options, challenge });
}
