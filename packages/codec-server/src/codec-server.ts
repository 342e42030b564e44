import type { ClientConnection } from './server-request';
import { requestHandler } from './http/handle-request';
import type { Handle } from './server-request';
import { toResponse, WebRequest } from './http/web-standard';
import type { CodecServerOptions } from './options/codec-server-options';
import { resolveOptions } from './options/resolve-options';
import { RefusalSums } from './refusal-sums';

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

  let isDraining = false;
  const handle = requestHandler(resolved, sums, () => isDraining);
  const server: CodecServer = {
    authenticates: resolved.accessControl !== undefined,
    readsClientCertificates: resolved.accessControl?.readsClientCertificates === true,
    // There is one for each server.
    // eslint-disable-next-line no-restricted-syntax
    get isDraining() {
      return isDraining;
    },
    drain() {
      isDraining = true;
      void sums?.write();
    },
    async fetch(request, connection = {}) {
      return toResponse(await handle(new WebRequest(request, connection)));
    },
  };
  handlers.set(server, handle);
  return server;
}

const handlers = new WeakMap<CodecServer, Handle>();

/**
 * What answers the requests of a server without a `Request` and a `Response`, which cost as much as all else.
 *
 * @returns undefined for a server that was not made by {@link createCodecServer}, such as one around it
 */
export function handlerOf(server: CodecServer): Handle | undefined {
  return handlers.get(server);
}
