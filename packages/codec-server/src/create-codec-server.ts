import { Hono } from 'hono';
import { requestId } from 'hono/request-id';
import { RefusalSums } from './audit/refusal-sums';
import type { CodecServer } from './codec-server';
import { auditRequests } from './http/audit-requests';
import { codecHandler } from './http/codec-handler';
import { crossOrigin } from './http/cross-origin';
import { errorResponse } from './http/error-response';
import { infoHandler } from './http/info-handler';
import { observeRequests } from './http/observe-requests';
import { refuseOtherOrigins } from './http/refuse-other-origins';
import { securityHeaders } from './http/security-headers';
import type { ServerEnv } from './http/server-env';
import { toRequestError } from './http/to-request-error';
import type { CodecServerOptions } from './options/codec-server-options';
import { resolveOptions } from './options/resolve-options';

/**
 * Makes a Codec Server for any `PayloadCodec`: what the Temporal Web UI and the `temporal` CLI ask to decode payloads
 * (docs/codec-server.md has the protocol).
 *
 * Without `auth`, whoever reaches it can decode: serve it on loopback with {@link listen}, or behind something that
 * authenticates. With `auth` it refuses what `authorize` does not allow.
 *
 * @throws ConfigurationError that names the option
 *
 * @example
 * ```ts
 * const server = createCodecServer({ codec, allowedOrigins: ['http://localhost:8233'] });
 * const { url, close } = await listen(server, { port: 8081 });
 * ```
 */
export function createCodecServer(options: CodecServerOptions): CodecServer {
  const resolved = resolveOptions(options);
  const { onError, audit } = resolved;
  const sums =
    audit &&
    new RefusalSums(audit, (error, { requestId: id }) => {
      onError(error, { requestId: id, status: 503, code: 'AUDIT_UNAVAILABLE' });
    });

  const app = new Hono<ServerEnv>();
  app.use(
    requestId(),
    observeRequests(resolved),
    securityHeaders(),
    crossOrigin(resolved),
    auditRequests(resolved, sums),
    refuseOtherOrigins(resolved),
  );
  app.post('*', codecHandler(resolved));
  let isDraining = false;
  app.all(
    '*',
    infoHandler(resolved, () => isDraining),
  );
  app.onError((error, context) => {
    const failure = toRequestError(error);
    context.set('failure', failure);
    onError(failure.cause ?? failure, {
      requestId: context.get('requestId'),
      status: failure.status,
      code: failure.code,
    });
    const response = errorResponse(failure);
    response.headers.set('X-Request-Id', context.get('requestId'));
    return response;
  });

  return {
    authenticates: resolved.accessControl !== undefined,
    readsClientCertificates: resolved.accessControl?.readsClientCertificates === true,
    get isDraining() {
      return isDraining;
    },
    drain() {
      isDraining = true;
      void sums?.write();
    },
    async fetch(request, connection = {}) {
      try {
        return await app.fetch(request, { connection });
      } catch (error) {
        // Hono rethrows what is not an Error.
        return errorResponse(toRequestError(error));
      }
    },
  };
}
