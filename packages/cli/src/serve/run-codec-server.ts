import { once } from 'node:events';
import {
  createCodecServer,
  keyReadiness,
  listen,
  listenOptionsOfConfig,
  optionsOfConfig,
  type ServerConfig,
} from '@waxseal/codec-server';
import type { LoadedConfig } from '@waxseal/config';
import { ConfigurationError } from '@waxseal/core';
import { openAudit } from './audit';
import type { ServerLog } from './log';
import type { CollectedMetrics } from './metrics';

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
  readonly metrics?: true;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  readonly drainDelay?: string;
  readonly allowUnauthenticatedNetworkAccess?: true;
}

/**
 * Runs a Codec Server until the process is told to stop, and lets it finish what it is answering.
 *
 * @param metrics undefined where `/metrics` is not served
 * @throws ConfigurationError
 */
export async function runCodecServer(
  config: LoadedConfig,
  flags: ServeFlags,
  metrics: CollectedMetrics | undefined,
  log: ServerLog,
): Promise<void> {
  const { keyring } = config;
  const settings = serverSettings(config.server, flags);
  const audit = await openAudit(settings.audit);
  if (settings.allowEncode === true) await assertCanEncode(config);
  const server = createCodecServer({
    ...optionsOfConfig(settings),
    codecs: config.codecs,
    ...(audit === undefined ? {} : { audit: audit.sink }),
    ...(typeof keyring === 'function' ? {} : { readiness: keyReadiness([keyring]) }),
    ...(metrics === undefined ? {} : { metrics: () => metrics.text(), telemetry: metrics.server }),
    onError: log.requestFailed,
  });
  const { allowUnauthenticatedNetworkAccess = false } = flags;
  const { tls, ...where } = listenOptionsOfConfig(settings);
  const listening = await listen(server, {
    ...where,
    ...(tls === undefined ? {} : { tls: { ...tls, onReload: log.certificateChanged } }),
    allowUnauthenticatedNetworkAccess,
  });
  log.listening(listening.url, typeof keyring === 'function' ? undefined : keyring.keyIds);
  if ((settings.allowedOrigins ?? []).length === 0) {
    log.warn(
      'No Web UI can use it yet. For the one of a development server add --allow-origin http://localhost:8233',
    );
  }
  if (allowUnauthenticatedNetworkAccess && !server.authenticates) {
    log.warn('WARNING: there is no authentication. Everyone who can connect can decrypt your payloads.');
  }
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  log.stopping();
  await listening.close();
  await audit?.close();
}

/** Settings of the command line, and where it says nothing those of the configuration file. */
function serverSettings(file: ServerConfig, flags: ServeFlags): ServerConfig {
  const { host, port, drainDelay, allowCredentials, allowEncode, defaultNamespace, basePath } = flags;
  const { allowOrigin: allowedOrigins, audit, metrics } = flags;
  const { tlsCert: certFile, tlsKey: keyFile, tlsClientCa: clientCaFile } = flags;
  const tls = { ...file.tls, ...given({ certFile, keyFile, clientCaFile }) };
  return {
    ...file,
    ...given({ host, port, drainDelay, allowedOrigins, allowCredentials, allowEncode }),
    ...given({ defaultNamespace, basePath, audit, metrics }),
    ...(file.tls !== undefined || Object.keys(tls).length > 0 ? { tls } : {}),
  };
}

/** Without what was not given. */
function given<T extends object>(flags: T): T {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)) as T;
}

async function assertCanEncode({ keyring, codec }: LoadedConfig): Promise<void> {
  if (typeof keyring === 'function') return;
  if (keyring.primaryKeyId === undefined) {
    throw new ConfigurationError('--allow-encode needs --primary-key <uri> or WAXSEAL_PRIMARY_KEY.');
  }
  await codec.warmUp();
}
