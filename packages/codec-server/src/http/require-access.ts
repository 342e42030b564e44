import type { AccessControl } from '../auth/access-control';
import type { Principal } from '../auth/principal';
import type { AccessRequest } from '../authorization/access-request';
import type { Access } from './access';
import { isObject } from '../protojson/is-object';
import { FULL_ACCESS } from './full-access';
import { RequestError } from './request-error';

/**
 * Lets a principal go on that may do what it asks for.
 *
 * @returns what it then sees
 * @throws RequestError 403, the same whether the namespace exists or not; 503 when it cannot be decided
 */
export async function requireAccess(
  { authorize, policies }: AccessControl,
  principal: Principal,
  request: AccessRequest,
): Promise<Access> {
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
  if (decision === true) return FULL_ACCESS;
  // A name that is not configured shows nothing, and so is not recorded as applied.
  const names = namesIn(decision).filter((name) => policies?.policyFor([name]).kind !== 'denied');
  const policy = policies?.policyFor(names);
  if (policy === undefined || policy.kind === 'denied') {
    throw new RequestError(
      403,
      'ACCESS_DENIED',
      'You may not do this in this namespace. Ask whoever runs the Codec Server for access.',
    );
  }
  return { policy, policyNames: names };
}

function namesIn(decision: unknown): readonly string[] {
  const given = isObject(decision) ? decision['policies'] : undefined;
  const names = Array.isArray(given) ? given.filter((name) => typeof name === 'string') : [];
  return [...new Set(names)];
}
