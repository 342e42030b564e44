import { Hono } from 'hono';
import { requestId } from 'hono/request-id';
import type { ClientConnection } from './auth/access-control';
import { toRequestError } from './codec-error';
import { codecHandler } from './http/codec-handler';
import { crossOrigin, refuseOtherOrigins } from './http/cross-origin';
import { infoHandler } from './http/info-handler';
import { auditRequests, observeRequests, securityHeaders, type ServerEnv } from './http/middleware';
import type { CodecServerOptions } from './options/codec-server-options';
import { resolveOptions } from './options/resolve-options';
import { RefusalSums } from './refusal-sums';
import { errorResponse } from './request-error';

/** A Codec Server as a Web-standard handler, for Node and for whatever else runs Node's libraries. */
export interface CodecServer {
  /**
   * Whether it finds out who makes a request (`auth`). {@link listen} binds one that does not to loopback
   * only.
   */
  readonly authenticates: boolean;

  /**
   * Whether `auth` has an entry for client certificates, so that connections must be made with `clientCa`.
   */
  readonly readsClientCertificates: boolean;

  /** Whether {@link CodecServer.drain} was called. */
  readonly isDraining: boolean;

  /**
   * Answers one request. Never rejects: failures are answered with a status and a generic body.
   *
   * @param connection what the TLS layer knows of the client; never made from a request's headers
   */
  fetch(request: Request, connection?: ClientConnection): Promise<Response>;

  /**
   * Says that it is about to stop: it is not ready any more, and goes on answering. `close()` of
   * {@link listen} calls it. It cannot be undone.
   */
  drain(): void;
}

/**
 * Makes a Codec Server for any `PayloadCodec`: what the Temporal Web UI and the `temporal` CLI ask to decode
 * payloads (docs/codec-server.md has the protocol).
 *
 * Without `auth`, everyone who reaches it can decode: serve it on loopback with {@link listen}, or behind
 * something that authenticates. With `auth` it refuses what `authorize` does not allow.
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
      const message = 'A sum of refused requests could not be recorded. It is kept, and tried again.';
      onError(error, { requestId: id, status: 503, code: 'AUDIT_UNAVAILABLE', message });
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
      message: failure.message,
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
