import type { TlsSettings } from './tls/tls-settings';

/** The options of {@link listen} after validation, with every default filled in. */
export interface ResolvedListenOptions {
  readonly host: string;
  readonly port: number;
  readonly allowUnauthenticatedNetworkAccess: boolean;
  readonly drainDelayMs: number;
  readonly drainTimeoutMs: number;
  readonly tls: TlsSettings | undefined;
}
