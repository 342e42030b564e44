import type { AccessControl } from '../auth/access-control';
import type { Principal } from '../auth/principal';
import type { AccessRequest } from '../authorization/access-request';
import { RequestError } from './request-error';

/**
 * Lets a principal go on that may do what it asks for.
 *
 * @throws RequestError 403, the same whether the namespace exists or not; 503 when it cannot be decided
 */
export async function requireAccess(
  { authorize }: AccessControl,
  principal: Principal,
  request: AccessRequest,
): Promise<void> {
  let decision: unknown;
  try {
    decision = await authorize(principal, request);
  } catch (cause) {
    throw new RequestError(
      503,
      'AUTHORIZATION_UNAVAILABLE',
      'It cannot be decided at present whether you may do this. Try again.',
      {
        cause,
        retryAfterSeconds: 1,
      },
    );
  }
  if (decision !== true) {
    throw new RequestError(
      403,
      'ACCESS_DENIED',
      'You may not do this in this namespace. Ask whoever runs the Codec Server for access.',
    );
  }
}
