/** A Codec Server as a Web-standard handler, for Node and for whatever else runs Node's libraries. */
export interface CodecServer {
  /** Whether it finds out who makes a request (`auth`). {@link listen} binds one that does not to loopback only. */
  readonly authenticates: boolean;

  /** Answers one request. Never rejects: failures are answered with a status and a generic body. */
  fetch(request: Request): Promise<Response>;
}
