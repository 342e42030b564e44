/** A running TLS terminator. */
export interface TlsTerminator {
  /** `127.0.0.1:<port>`. */
  readonly address: string;
  readonly port: number;
  /** Connections that were let in so far. */
  readonly admitted: number;
  /** Connections that were not: no TLS, no agreement, or no client certificate that is accepted. */
  readonly refused: number;
  /** Common names of the client certificates that were let in, in order; empty where none is asked for. */
  readonly clients: readonly string[];
  /** Shows another certificate to those who connect from now on. Connections that are open stay. */
  useCertificate(certificate: { readonly cert: string; readonly key: string }): void;
  /** Ends the connections that are open, and goes on listening. */
  disconnectAll(): void;
  /** Ends all connections and stops. */
  close(): Promise<void>;
}
