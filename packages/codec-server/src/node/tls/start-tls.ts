import type { Server } from 'node:http';
import type { Server as TlsServer } from 'node:tls';
import type { Connections } from '../connections';
import { checkTlsMaterial } from './check-tls-material';
import { readTlsMaterial } from './read-tls-material';
import { secureContext, type SecureContext } from './secure-context';
import { TlsReloader } from './tls-reloader';
import type { TlsSettings } from './tls-settings';

/** A certificate that was read and is usable. */
export interface StartedTls {
  readonly context: SecureContext;
  /** Gives new connections of a server what the files hold from now on. */
  watch(server: Server, connections: Connections): TlsReloader;
}

/**
 * Reads the certificate that the settings name.
 *
 * @throws ConfigurationError that names the field
 */
export async function startTls(settings: TlsSettings): Promise<StartedTls> {
  const material = await readTlsMaterial(settings);
  const notAfter = checkTlsMaterial(material, settings);
  return {
    context: secureContext(material, settings),
    watch: (server, connections) => {
      let { clientCa } = material;
      return new TlsReloader(settings, material, notAfter, (next) => {
        (server as unknown as TlsServer).setSecureContext(secureContext(next, settings));
        // An open connection stays authorized by the authorities of its handshake.
        if (next.clientCa !== clientCa) connections.renew();
        ({ clientCa } = next);
      });
    },
  };
}
