/** Where a TLS terminator forwards to, and who it is. */
export interface TlsTerminatorOptions {
  /** `host:port` of the plaintext gRPC port behind it. */
  readonly upstream: string;
  /** The certificate that it shows, and its key, in PEM. */
  readonly cert: string;
  readonly key: string;
  /** PEM of the authority whose client certificates are let in. Without it none is asked for. */
  readonly clientCa?: string;
  /** Newest version of TLS that it speaks. 1.3, unless given. */
  readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3';
}
