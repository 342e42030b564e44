import type { Duration } from '@temporalio/common';
import type { TlsReload } from './tls-reload';

/**
 * How {@link listen} speaks TLS. Each of certificate, key and authority is given either as PEM text, or as the path of a PEM
 * file, with `File` at the end of the name. Files are looked at again while the server runs.
 */
export interface TlsOptions {
  /** Certificate of the server, followed by those of the authorities between it and the root. */
  readonly cert?: string;
  readonly certFile?: string;

  /** Private key of the certificate, without a passphrase. */
  readonly key?: string;
  readonly keyFile?: string;

  /**
   * Certificates of the authorities whose clients are known by their certificates: `auth` then has an entry of the type
   * `client-certificate`. Clients are asked for a certificate, and may show none; authorization decides.
   */
  readonly clientCa?: string;
  readonly clientCaFile?: string;

  /** Oldest version that is spoken. Default: `'TLSv1.2'`. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';

  /** How often the files are read again: 100 milliseconds to 1 hour. Default: `'10s'`. */
  readonly reloadInterval?: Duration;

  /**
   * Told when the files have changed: once when what they hold is in use, or once when it is not usable (the same at two
   * looks, so that a file that is just being written is left in peace). What the listener throws,
   * or a promise of it rejects with, is ignored.
   */
  readonly onReload?: (reload: TlsReload) => void;
}
