import { ConfigurationError } from '@waxseal/core';
import type { CodecServer } from '../codec-server';
import { isLoopback } from './is-loopback';
import type { ResolvedListenOptions } from './resolved-listen-options';

/**
 * Refuses to let everybody decrypt, and to ask for certificates that nobody reads or read those that nobody asks for.
 *
 * @throws ConfigurationError
 */
export function assertMayListen(
  { authenticates, readsClientCertificates }: CodecServer,
  { host, tls, allowUnauthenticatedNetworkAccess }: ResolvedListenOptions,
): void {
  if (!isLoopback(host) && !authenticates && !allowUnauthenticatedNetworkAccess) {
    throw new ConfigurationError(
      `host is ${JSON.stringify(host)}, but this Codec Server has no authentication: everyone who can reach it could decrypt your payloads. Set auth, bind 127.0.0.1, or put a proxy that authenticates in front of it and set allowUnauthenticatedNetworkAccess.`,
    );
  }
  const asks = tls?.clientCa !== undefined;
  if (readsClientCertificates && !asks) {
    throw new ConfigurationError(
      'auth has an entry of the type "client-certificate", but no certificate is asked for. Set tls with certFile, keyFile and clientCaFile.',
    );
  }
  if (asks && !readsClientCertificates) {
    throw new ConfigurationError(
      'tls.clientCaFile has clients asked for certificates, but nothing looks at them: who shows none would be let in as before. Add { "type": "client-certificate", … } to auth, or leave clientCaFile out.',
    );
  }
}
