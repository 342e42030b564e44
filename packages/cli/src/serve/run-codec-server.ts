import { once } from 'node:events';
import {
  createCodecServer,
  keyReadiness,
  listen,
  optionsOfConfig,
  type CodecServerOptions,
  type ListenOptions,
  type TlsOptions,
  type TlsReload,
} from '@waxseal/codec-server';
import type { LoadedConfig, ServerConfig } from '@waxseal/config';
import { ConfigurationError } from '@waxseal/core';
import { openAudit } from './audit';
import type { ServerLog } from './log';
import type { CollectedMetrics } from './metrics';

/**
 * Runs a Codec Server until the process is told to stop, and lets it finish what it is answering.
 *
 * @throws ConfigurationError
 */
export async function runCodecServer(
  config: LoadedConfig,
  flags: ServeFlags,
  metrics: CollectedMetrics,
  log: ServerLog,
): Promise<void> {
  const { keyring, server: file } = config;
  const audit = await openAudit(flags.audit ?? file.audit);
  const options = await serverOptions(config, flags);
  const server = createCodecServer({
    ...options,
    ...(audit === undefined ? {} : { audit: audit.sink }),
    ...(typeof keyring === 'function' ? {} : { readiness: keyReadiness([keyring]) }),
    ...((flags.metrics ?? file.metrics) ? { metrics: () => metrics.text() } : {}),
    telemetry: metrics.server,
    onError: log.requestFailed,
  });
  const listening = await listen(server, listenOptions(flags, file, log.certificateChanged));
  log.listening(listening.url, typeof keyring === 'function' ? undefined : keyring.keyIds);
  if (options.allowedOrigins?.length === 0) {
    log.warn(
      'No Web UI can use it yet. For the one of a development server add --allow-origin http://localhost:8233',
    );
  }
  if (flags.allowUnauthenticatedNetworkAccess === true && !server.authenticates) {
    log.warn('WARNING: there is no authentication. Everyone who can connect can decrypt your payloads.');
  }
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  log.stopping();
  await listening.close();
  await audit?.close();
}

/** Options of the command line, and where it says nothing those of the configuration file. */
async function serverOptions(
  { keyring, codec, codecs, server: file }: LoadedConfig,
  flags: ServeFlags,
): Promise<CodecServerOptions> {
  const allowEncode = flags.allowEncode ?? file.allowEncode ?? false;
  if (allowEncode && typeof keyring !== 'function') {
    if (keyring.primaryKeyId === undefined) {
      throw new ConfigurationError('--allow-encode needs --primary-key <uri> or WAXSEAL_PRIMARY_KEY.');
    }
    await codec.warmUp();
  }
  const { allowOrigin, allowCredentials, defaultNamespace, basePath } = flags;
  return {
    ...optionsOfConfig(file),
    codecs,
    allowEncode,
    allowedOrigins: allowOrigin ?? file.allowedOrigins ?? [],
    ...(allowCredentials === undefined ? {} : { allowCredentials }),
    ...(defaultNamespace === undefined ? {} : { defaultNamespace }),
    ...(basePath === undefined ? {} : { basePath }),
  };
}

/** Options of the command line on where and how to listen. */
interface ListenFlags {
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
function listenOptions(
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

/** Options of the command line on what is served. */
export interface ServeFlags extends ListenFlags {
  readonly allowOrigin?: readonly string[];
  readonly allowCredentials?: true;
  readonly allowEncode?: true;
  readonly defaultNamespace?: string;
  readonly basePath?: string;
  readonly audit?: string;
  readonly metrics?: true;
}
