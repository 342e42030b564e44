import type { ListenOptions, TlsOptions, TlsReload } from '@waxseal/codec-server';
import type { ServerConfig } from '@waxseal/config';

/** Options of the command line on where and how to listen. */
export interface ListenFlags {
  readonly host?: string;
  readonly port?: number;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  readonly drainDelay?: string;
  readonly allowUnauthenticatedNetworkAccess?: true;
}

/**
 * Where and how to listen, from the command line and a configuration file. `listen` checks the values.
 *
 * @param onReload told when the files of the certificate changed
 */
export function listenOptions(
  flags: ListenFlags,
  file: ServerConfig,
  onReload: (reload: TlsReload) => void,
): ListenOptions {
  const { drainTimeout } = file;
  const drainDelay = flags.drainDelay ?? file.drainDelay;
  const tls = withoutUndefined({
    ...file.tls,
    certFile: flags.tlsCert ?? file.tls?.certFile,
    keyFile: flags.tlsKey ?? file.tls?.keyFile,
    clientCaFile: flags.tlsClientCa ?? file.tls?.clientCaFile,
  });
  const hasTls = file.tls !== undefined || Object.keys(tls).length > 0;
  return {
    host: flags.host ?? file.host ?? '127.0.0.1',
    port: flags.port ?? file.port ?? 8081,
    allowUnauthenticatedNetworkAccess: flags.allowUnauthenticatedNetworkAccess ?? false,
    ...(drainDelay === undefined ? {} : { drainDelay }),
    ...(drainTimeout === undefined ? {} : { drainTimeout }),
    ...(hasTls ? { tls: { ...(tls as TlsOptions), onReload } } : {}),
  };
}

function withoutUndefined(object: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
