/** A Codec Server as a Web-standard handler, for Node and for whatever else runs Node's libraries. */
export interface CodecServer {
  /** Answers one request. Never rejects: failures are answered with a status and a generic body. */
  fetch(request: Request): Promise<Response>;
}
