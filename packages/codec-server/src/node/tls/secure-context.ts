import type { SecureVersion } from 'node:tls';
import type { TlsMaterial } from './tls-material';
import type { TlsSettings } from './tls-settings';

/** What Node makes connections with. */
export interface SecureContext {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
  readonly minVersion: SecureVersion;
}

/** @param material checked */
export function secureContext(
  { cert, key, clientCa }: TlsMaterial,
  { minVersion }: TlsSettings,
): SecureContext {
  return { cert, key, minVersion, ...(clientCa === undefined ? {} : { ca: clientCa }) };
}
