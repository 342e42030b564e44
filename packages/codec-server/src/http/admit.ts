import type { Context } from 'hono';
import { principalKey, type Principal } from '../auth/principal';
import type { ResolvedOptions } from '../options/resolved-options';
import { resolveNamespace } from '../routing/resolve-namespace';
import type { Route } from '../routing/route';
import { FULL_ACCESS } from './full-access';
import type { Admission } from './admission';
import { clientNetwork } from './client-address';
import { RequestError, tooMany } from './request-error';
import { requireAccess } from './require-access';
import { requireFullSight } from './require-full-sight';
import type { ServerEnv } from './server-env';

/**
 * Decides whether a request may go on, before its body is read: who makes it, whether the operation is served at all, which
 * namespace it is about, and whether the principal may do that there.
 *
 * @throws RequestError 400, 401, 403, 429 or 503
 */
export async function admit(
  options: ResolvedOptions,
  context: Context<ServerEnv>,
  { endpoint, namespace: inPath }: Route,
): Promise<Admission> {
  const { accessControl, allowEncode, defaultNamespace, requestRate } = options;
  const draft = context.get('draft');
  const principal = await signIn(options, context);
  if (principal !== undefined) draft.principal = principal;
  const waitMs = requestRate?.tryTake(principalKey(principal)) ?? 0;
  if (waitMs > 0) {
    throw tooMany('RATE_LIMITED', 'You make too many requests. Wait, and try again.', waitMs);
  }
  const operation = endpoint === 'inspect' ? 'decode' : endpoint;
  if (operation === 'encode' && !allowEncode) {
    throw new RequestError(403, 'ENCODE_NOT_ALLOWED', 'This Codec Server does not encode.');
  }
  const namespace = resolveNamespace(inPath, context.req.header('X-Namespace'), defaultNamespace);
  if (namespace !== undefined) draft.namespace = namespace;
  if (namespace === undefined && (operation === 'encode' || accessControl !== undefined)) {
    throw new RequestError(
      400,
      'NAMESPACE_REQUIRED',
      `Name the namespace, in the path (/{namespace}/${endpoint}) or in X-Namespace. With the CLI, give --namespace.`,
    );
  }
  if (accessControl !== undefined && principal !== undefined && namespace !== undefined) {
    const requestId = context.get('requestId');
    const access = await requireAccess(accessControl, principal, { namespace, operation, requestId });
    if (operation === 'encode') await requireFullSight(accessControl, principal, { namespace, requestId });
    draft.policies = access.policyNames;
    return { namespace, access };
  }
  return { namespace, access: FULL_ACCESS };
}

/**
 * Finds out who makes a request. Whoever is known goes on, however many failures came from the same address, which others may share.
 *
 * @throws RequestError 401; 429 where there were many from the address; 503
 */
async function signIn(
  { accessControl, failedSignIns }: ResolvedOptions,
  context: Context<ServerEnv>,
): Promise<Principal | undefined> {
  try {
    return await accessControl?.authenticate(context.req.raw, context.env.connection);
  } catch (error) {
    if (!(error instanceof RequestError) || error.status !== 401) throw error;
    const waitMs = failedSignIns.tryTake(clientNetwork(context.get('draft').address));
    if (waitMs === 0) throw error;
    throw tooMany(
      'SIGN_IN_LIMITED',
      'Too many requests from your address could not be signed in. Sign in again, then try again.',
      waitMs,
    );
  }
}
