/** A Temporal server that the demo or a test can use. */
export interface TemporalServer {
  /** `host:port` of the gRPC frontend. */
  readonly address: string;
  /** A namespace that exists there. */
  readonly namespace: string;
  /** Base URL of the Web UI, without a trailing slash; `undefined` without one. */
  readonly uiUrl: string | undefined;
  /**
   * The SQLite file that holds all that the server stores; `undefined` when the server is not ours to look
   * into.
   */
  readonly databaseFile: string | undefined;
  /** A `temporal` command of about the server's age; `undefined` when there is none. */
  readonly cliPath: string | undefined;
  /** What the server's program says of itself; `undefined` for a server that was running already. */
  readonly version: string | undefined;
  /**
   * Whether it was running already (`TEMPORAL_ADDRESS`), so that nothing was started and {@link stop} stops
   * nothing.
   */
  readonly external: boolean;
  /** The process that serves; `undefined` for a server that was running already. */
  readonly processId: number | undefined;
  /** Stops it. Resolves once its process has ended; safe to call more than once. The database file stays. */
  stop(): Promise<void>;
}
