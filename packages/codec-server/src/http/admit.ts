import type { Context } from 'hono';
import type { ResolvedOptions } from '../options/resolved-options';
import { resolveNamespace } from '../routing/resolve-namespace';
import type { Route } from '../routing/route';
import { FULL_ACCESS } from './full-access';
import type { Admission } from './admission';
import { RequestError } from './request-error';
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
  { accessControl, allowEncode, defaultNamespace, rateLimiter }: ResolvedOptions,
  context: Context<ServerEnv>,
  { endpoint, namespace: inPath }: Route,
): Promise<Admission> {
  const draft = context.get('draft');
  const principal = await accessControl?.authenticate(context.req.raw, context.env.connection);
  if (principal !== undefined) draft.principal = principal;
  rateLimiter?.take(principal);
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
