import type { RequestFacts } from '../audit';
import type { AccessControl } from '../auth/resolve-access-control';
import type { AccessRequest } from '../authorization/access-rules';
import type { Principal } from '../authorization/principal';
import { isObject } from '../fields';
import type { CompiledDecodePolicy } from '../masking/decode-policy';
import type { ResolvedOptions } from '../options/resolve-options';
import { RequestError, tooMany } from '../request-error';
import { resolveNamespace, type Route } from '../routing';
import type { ServerRequest } from '../server-request';
import { clientNetwork } from '../client-address';
import { principalKey } from './limits';

/** What the handlers of one request tell each other. */
export interface Exchange {
  readonly request: ServerRequest;
  readonly requestId: string;
  readonly facts: RequestFacts;
  /** Why it is answered with an error. */
  failure: RequestError | undefined;
}

/**
 * Decides whether a request may go on, before its body is read: who makes it, whether the operation is served
 * at all, which namespace it is about, and whether the principal may do that there.
 *
 * @throws RequestError 400, 401, 403, 429 or 503
 */
export async function admit(
  options: ResolvedOptions,
  { request, requestId, facts }: Exchange,
  { endpoint, namespace: inPath }: Route,
): Promise<Admission> {
  const { accessControl, allowEncode, defaultNamespace, requestRate } = options;
  const principal = await signIn(options, request, facts);
  facts.principal = principal;
  const waitMs = requestRate?.tryTake(principalKey(principal)) ?? 0;
  if (waitMs > 0) {
    throw tooMany('RATE_LIMITED', 'You make too many requests. Wait, and try again.', waitMs);
  }
  const operation = endpoint === 'inspect' ? 'decode' : endpoint;
  if (operation === 'encode' && !allowEncode) {
    throw new RequestError(403, 'ENCODE_NOT_ALLOWED', 'This Codec Server does not encode.');
  }
  const namespace = resolveNamespace(inPath, request.header('x-namespace'), defaultNamespace);
  facts.namespace = namespace;
  if (namespace === undefined && (operation === 'encode' || accessControl !== undefined)) {
    throw new RequestError(
      400,
      'NAMESPACE_REQUIRED',
      `Name the namespace, in the path (/{namespace}/${endpoint}) or in X-Namespace. With the CLI, give --namespace.`,
    );
  }
  if (accessControl !== undefined && principal !== undefined && namespace !== undefined) {
    const access = await requireAccess(accessControl, principal, { namespace, operation, requestId });
    if (operation === 'encode') await requireUnmasked(accessControl, principal, { namespace, requestId });
    facts.policies = access.policyNames;
    return { namespace, access };
  }
  return { namespace, access: FULL_ACCESS };
}

/**
 * Finds out who makes a request. A known principal goes on, however many failures came from the same address,
 * which others may share.
 *
 * @throws RequestError 401; 429 where there were many from the address; 503
 */
async function signIn(
  { accessControl, failedSignIns }: ResolvedOptions,
  request: ServerRequest,
  { address }: RequestFacts,
): Promise<Principal | undefined> {
  try {
    return await accessControl?.authenticate(request);
  } catch (error) {
    if (!(error instanceof RequestError) || error.status !== 401) throw error;
    const waitMs = failedSignIns.tryTake(clientNetwork(address));
    if (waitMs === 0) throw error;
    throw tooMany(
      'SIGN_IN_LIMITED',
      'Too many requests from your address could not be signed in. Sign in again, then try again.',
      waitMs,
    );
  }
}

/** A request that may go on. */
interface Admission {
  /** Left open only by decoding without authentication. */
  readonly namespace: string | undefined;
  readonly access: Access;
}

/** What a request that may go on sees of decoded payloads. */
interface Access {
  /** Shows what may be seen. Its kind is never `denied`. */
  readonly policy: Pick<CompiledDecodePolicy, 'kind' | 'apply'>;
  /** The configured names of what it is made of, `full` among them; none where no policy is named. */
  readonly policyNames: readonly string[];
}

/** Everything is seen. */
const FULL_ACCESS: Access = {
  policy: { kind: 'full', apply: (payloads) => Promise.resolve([...payloads]) },
  policyNames: [],
};

/**
 * Lets a principal go on that may do what it asks for.
 *
 * @returns what it then sees
 * @throws RequestError 403, the same whether the namespace exists or not; 503 when it cannot be decided
 */
async function requireAccess(
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

/**
 * Lets a principal encode that sees decoded and downloaded payloads whole, or not at all. The Web UI fills in
 * what it shows when a user starts a workflow "like this one", and would make a masked value the real one.
 *
 * @throws RequestError 403, or 503 when it cannot be decided
 */
async function requireUnmasked(
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
