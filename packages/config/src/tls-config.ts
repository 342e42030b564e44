import type { Duration } from '@waxseal/core';

/** Files of PEM that a Codec Server serves HTTPS with. They are read again while it runs. */
export interface TlsConfig {
  /** Certificate of the server, followed by those between it and the root. Needed beside `keyFile`. */
  readonly certFile?: string | undefined;
  /** Its private key, without a passphrase. */
  readonly keyFile?: string | undefined;
  /** Authorities of the clients' certificates, for an `auth` entry of the type `client-certificate`. */
  readonly clientCaFile?: string | undefined;
  /** Oldest version of TLS that is spoken. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined;
  /** How often the files are read again, such as `'10s'`. */
  readonly reloadInterval?: Duration | undefined;
}
