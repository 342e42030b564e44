import { performance } from 'node:perf_hooks';
import { withDeadline } from '@waxseal/core/internal';
import type { MiddlewareHandler } from 'hono';
import type { RequestIdVariables } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import { type RequestFacts, toAuditRecord } from '../audit';
import type { ClientConnection } from '../auth/access-control';
import { namedExecution } from '../routing';
import type { ResolvedOptions } from '../options/resolve-options';
import type { RefusalSums } from '../refusal-sums';
import { RequestError } from '../request-error';
import { notify } from '@waxseal/core/internal';
import { clientAddress } from '../client-address';

/** For answers that are not the page, which no browser has a reason to show. */
const NOTHING = "default-src 'none'; frame-ancestors 'none'";

/** Headers for browsers that are gone, and for plug-ins. */
const UNUSED = {
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
};

/**
 * Sets the headers that keep decrypted payloads out of caches, frames and the content sniffer.
 *
 * `Strict-Transport-Security` is for connections with TLS only (RFC 6797 §7.2).
 */
export function securityHeaders(): MiddlewareHandler {
  const overHttp = secureHeaders({ ...UNUSED, strictTransportSecurity: false });
  const overHttps = secureHeaders({ ...UNUSED, strictTransportSecurity: 'max-age=31536000' });
  return async (context, next) => {
    await (context.req.url.startsWith('https:') ? overHttps : overHttp)(context, next);
    const { headers } = context.res;
    headers.set('Cache-Control', 'no-store');
    if (!headers.has('Content-Security-Policy')) headers.set('Content-Security-Policy', NOTHING);
  };
}

/** Tells the observer of every POST when it begins and when it is answered. */
export function observeRequests({ telemetry }: ResolvedOptions): MiddlewareHandler<ServerEnv> {
  return async (context, next) => {
    if (telemetry === undefined || context.req.method !== 'POST') {
      await next();
      return;
    }
    const begin = performance.now();
    notify(() => telemetry.requestBegan?.());
    await next();
    const { operation = null, payloadCount = 0, unreadableCount = 0 } = context.get('facts');
    const code = context.get('failure')?.code ?? null;
    const durationMs = performance.now() - begin;
    const { status } = context.res;
    notify(() =>
      telemetry.requestAnswered?.({ operation, status, code, durationMs, payloadCount, unreadableCount }),
    );
  };
}

/** What the handlers of one request tell each other. */
export interface ServerEnv {
  Bindings: { readonly connection: ClientConnection };
  Variables: RequestIdVariables & {
    readonly facts: RequestFacts;
    readonly failure: RequestError | undefined;
  };
}

const SINK_TIMEOUT_MS = 1_000;

/**
 * Records every POST once its answer is ready and before it is sent. What cannot be recorded is not answered:
 * 503 takes the place of the answer, whatever it was.
 *
 * @param sums takes what is refused to senders who are not known, where there is much of it
 */
export function auditRequests(
  { audit, trustedProxies }: ResolvedOptions,
  sums: RefusalSums | undefined,
): MiddlewareHandler<ServerEnv> {
  return async (context, next) => {
    const facts: RequestFacts = { keyIds: new Set(), workflowIds: new Set() };
    const forwardedFor = context.req.header('X-Forwarded-For');
    const address = clientAddress(context.env.connection.remoteAddress, forwardedFor, trustedProxies);
    if (address !== undefined) facts.address = address;
    context.set('facts', facts);
    await next();
    if (audit === undefined || context.req.method !== 'POST') return;
    const named = namedExecution((name) => context.req.header(name), facts.namespace);
    if (named !== undefined) facts.named = named;
    const record = toAuditRecord(facts, context.get('requestId'), context.res.status, context.get('failure'));
    if (record.principal === null && record.payloadCount === null && sums?.add(record) === true) return;
    try {
      await withDeadline(SINK_TIMEOUT_MS, undefined, async () => audit(record), sinkIsLate);
    } catch (cause) {
      throw new RequestError(
        503,
        'AUDIT_UNAVAILABLE',
        'The request could not be recorded, and so is not answered. Try again.',
        {
          cause,
          retryAfterSeconds: 1,
        },
      );
    }
  };
}

function sinkIsLate(): Error {
  return new Error('The audit sink took longer than a second.');
}
