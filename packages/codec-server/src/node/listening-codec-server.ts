/** A Codec Server that accepts connections. */
export interface ListeningCodecServer {
  /** Where it listens, without a trailing slash: `http://127.0.0.1:8081`, or `https://…` with `tls`. */
  readonly url: string;

  /**
   * Says that it is not ready (`drain()` of the Codec Server) and waits for `drainDelay`; then stops accepting connections,
   * waits for the requests that are being answered, and cuts what is left after the drain timeout. Calling it again returns
   * the same promise. The codec is not closed: it belongs to the caller.
   */
  close(): Promise<void>;
}
