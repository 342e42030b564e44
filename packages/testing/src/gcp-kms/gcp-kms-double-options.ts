/** Options of `startGcpKmsDouble`. */
export interface GcpKmsDoubleOptions {
  /**
   * Whether to speak gRPC over TLS, with a certificate of its own, and to ask every caller for a token. Without it, gRPC is
   * plain and callers are not told apart.
   *
   * @default false
   */
  readonly tls?: boolean;
  /**
   * The project that owns every key.
   *
   * @default 'test-project'
   */
  readonly project?: string;
}
