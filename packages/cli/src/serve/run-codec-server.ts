import { once } from 'node:events';

import {
  createCodecServer,
  keyReadiness,
  listen,
  optionsOfConfig,
  type CodecServerOptions,
} from '@waxseal/codec-server';
import type { LoadedConfig } from '@waxseal/config';
import { ConfigurationError } from '@waxseal/core';

import type { CollectedMetrics } from './collect-metrics';
import { listenOptions } from './listen-options';
import type { ServerLog } from './log/server-log';
import { openAudit } from './open-audit';
import type { ServeFlags } from './serve-flags';

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
