/**
 * What {@link startTemporal} starts. All of it is without effect on a server that runs already
 * (`TEMPORAL_ADDRESS`).
 */
export interface StartTemporalOptions {
  /** SQLite file for all that the server stores, made when it is not there. In memory when left out. */
  readonly databaseFile?: string;
  /** Whether to serve the Web UI. Not when left out. */
  readonly ui?: boolean;
  /** Base URL of a Codec Server for the Web UI. */
  readonly codecEndpoint?: string;
  /** Namespaces to make besides `default`. */
  readonly namespaces?: readonly string[];
  /** Search attributes to register: type by name. */
  readonly searchAttributes?: Readonly<
    Record<string, 'Text' | 'Keyword' | 'Int' | 'Double' | 'Bool' | 'Datetime' | 'KeywordList'>
  >;
  /** Values of the server's dynamic configuration, by key. */
  readonly dynamicConfig?: Readonly<Record<string, string | number | boolean>>;
  /** Port of the gRPC frontend. A free one when left out. */
  readonly port?: number;
  /** Port of the Web UI. A free one when left out. */
  readonly uiPort?: number;
  /**
   * Whether Ctrl-C in the terminal passes the server by, so that the caller can stop it when it is done with
   * it. Not when left out.
   */
  readonly ownProcessGroup?: boolean;
  /** Holds `TEMPORAL_ADDRESS`, `PATH` and so on; the process's own when left out. */
  readonly environment?: NodeJS.ProcessEnv;
}
