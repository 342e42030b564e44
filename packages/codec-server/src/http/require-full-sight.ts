import type { AccessControl } from '../auth/access-control';
import type { Principal } from '../auth/principal';
import type { AccessRequest } from '../authorization/access-request';
import { RequestError } from './request-error';
import { requireAccess } from './require-access';

/**
 * Lets a principal encode that sees decoded and downloaded payloads whole, or not at all. The Web UI fills in what it shows when somebody
 * starts a workflow "like this one", and would make a masked value the real one.
 *
 * @throws RequestError 403, or 503 when it cannot be decided
 */
export async function requireFullSight(
  accessControl: AccessControl,
  principal: Principal,
  request: Omit<AccessRequest, 'operation'>,
): Promise<void> {
  if (accessControl.policies === undefined) return;
  for (const operation of ['decode', 'download'] as const) {
    if (await seesMasked(accessControl, principal, { ...request, operation })) {
      throw new RequestError(
        403,
        'MASKED_MAY_NOT_ENCODE',
        'You see payloads masked, and so may not encode: what is masked would be sent as if it were the real value.',
      );
    }
  }
}

async function seesMasked(
  accessControl: AccessControl,
  principal: Principal,
  request: AccessRequest,
): Promise<boolean> {
  try {
    const { policy } = await requireAccess(accessControl, principal, request);
    return policy.kind !== 'full';
  } catch (error) {
    if (error instanceof RequestError && error.status === 403) return false;
    throw error;
  }
}
