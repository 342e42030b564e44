import { basename } from 'node:path';
import type { LoadedConfig, ServerConfig } from '@waxseal/config';
import { ConfigurationError } from '@waxseal/core';

/** Options of the command line on what is served, where and how. */
export interface ServeFlags {
  readonly host?: string;
  readonly port?: number;
  readonly allowOrigin?: readonly string[];
  readonly allowCredentials?: true;
  readonly allowEncode?: true;
  readonly defaultNamespace?: string;
  readonly basePath?: string;
  readonly audit?: string;
  readonly auditKeyFile?: string;
  readonly metrics?: true;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  readonly drainDelay?: string;
  readonly allowUnauthenticatedNetworkAccess?: true;
}

/** Settings of the command line, and where it says nothing those of the configuration file. */
export function serverSettings(file: ServerConfig, flags: ServeFlags): ServerConfig {
  const { host, port, drainDelay, allowCredentials, allowEncode, defaultNamespace, basePath } = flags;
  const { allowOrigin: allowedOrigins, audit, auditKeyFile, metrics } = flags;
  const { tlsCert: certFile, tlsKey: keyFile, tlsClientCa: clientCaFile } = flags;
  const tls = { ...file.tls, ...given({ certFile, keyFile, clientCaFile }) };
  return {
    ...file,
    ...given({ host, port, drainDelay, allowedOrigins, allowCredentials, allowEncode }),
    ...given({ defaultNamespace, basePath, audit, auditKeyFile, metrics }),
    ...(file.tls !== undefined || Object.keys(tls).length > 0 ? { tls } : {}),
  };
}

/** Without what was not given. */
function given<T extends object>(flags: T): T {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)) as T;
}

/**
 * What `work` gives; a complaint of its about settings of a server is led by the file that they come from.
 *
 * @throws ConfigurationError; what `work` throws
 */
export async function ledByFile<T>({ source, server }: LoadedConfig, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const isFromFile = source !== undefined && Object.keys(server).length > 0;
    if (!(cause instanceof ConfigurationError) || !isFromFile) throw cause;
    throw new ConfigurationError(`${basename(source)}: server: ${cause.message}`, { cause });
  }
}
