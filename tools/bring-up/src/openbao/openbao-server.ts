/**
 * A development server of OpenBao: unsealed, everything in memory, without TLS, on a free port of 127.0.0.1.
 */
export interface OpenBaoServer {
  /** Base URL, without a trailing slash. */
  readonly address: string;
  readonly rootToken: string;
  /** Opens the seal: `PUT sys/unseal`. */
  readonly unsealKey: string;
  /** What the program says of itself. */
  readonly version: string;
  readonly processId: number;
  /**
   * Sends an administrator's request with the root token.
   *
   * @param path - under `/v1/`
   * @returns the answer's JSON, `undefined` for an empty one
   * @throws Error with the server's text, when the answer is no success
   */
  admin(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<unknown>;
  /** Stops it. Resolves once its process has ended; safe to call more than once. */
  stop(): Promise<void>;
}
