/** Where a setting stands: the environment variable, and the field of the profile. */
export interface SettingName {
  readonly variable: string;
  readonly field: string;
}

/** The TLS side of a connection: texts of the files, read. */
export interface TlsSettings {
  /** PEM of the authorities that the server's certificate is to come from; `undefined` for those that Node.js trusts. */
  readonly ca: string | undefined;
  /** What this side shows. Both in PEM; the key is a secret. */
  readonly client: { readonly cert: string; readonly key: string } | undefined;
  /** The name to look for in the server's certificate; `undefined` for the host of the address. */
  readonly serverName: string | undefined;
}

/** How to reach Temporal, as workers and clients read it by `@temporalio/envconfig`. */
export interface TemporalSettings {
  /** `host:port`. */
  readonly address: string;
  readonly host: string;
  readonly port: number;
  readonly namespace: string;
  /** `undefined` for a connection in clear. */
  readonly tls: TlsSettings | undefined;
  /** A secret. */
  readonly apiKey: string | undefined;
  /** Headers of each call. May hold secrets. */
  readonly metadata: Readonly<Record<string, string>>;
}
