import type { ClientConnection } from './client-connection';

/** A Codec Server as a Web-standard handler, for Node and for whatever else runs Node's libraries. */
export interface CodecServer {
  /** Whether it finds out who makes a request (`auth`). {@link listen} binds one that does not to loopback only. */
  readonly authenticates: boolean;

  /** Whether `auth` has an entry for client certificates, so that connections must be made with `clientCa`. */
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
   * Says that it is about to stop: it is not ready any more, and goes on answering. `close()` of {@link listen} calls it. It
   * cannot be undone.
   */
  drain(): void;
}
