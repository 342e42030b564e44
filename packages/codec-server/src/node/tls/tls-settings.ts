import type { SecureVersion } from 'node:tls';
import type { PemSource } from './pem-source';
import type { TlsReload } from './tls-reload';

/** The TLS options after validation, with every default filled in. Nothing is read yet. */
export interface TlsSettings {
  readonly cert: PemSource;
  readonly key: PemSource;
  readonly clientCa: PemSource | undefined;
  readonly minVersion: SecureVersion;
  readonly reloadIntervalMs: number;
  /** Never throws. */
  readonly onReload: (reload: TlsReload) => void;
}
