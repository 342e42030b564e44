import { once } from 'node:events';
import {
  createCodecServer,
  keyReadiness,
  listen,
  listenOptionsOfConfig,
  optionsOfConfig,
} from '@waxseal/codec-server';
import type { LoadedConfig } from '@waxseal/config';
import { ConfigurationError } from '@waxseal/core';
import { quote } from '@waxseal/core/internal';
import { checkServedKeys } from '../doctor/key-checks';
import { ledByFile, type ServeFlags, serverSettings } from '../server-settings';
import { withProgress } from '../terminal/progress';
import { openAudit } from './audit';
import type { ServerLog } from './log';
import type { CollectedMetrics } from './metrics';

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
  const { isOpen, hasOrigins, close } = await withProgress('starting the Codec Server', () =>
    startCodecServer(config, flags, metrics, log),
  );
  if (!hasOrigins) {
    log.warn(
      'No Web UI can use it yet. For the one of a development server add --allow-origin http://localhost:8233',
    );
  }
  if (isOpen) {
    log.warn('WARNING: there is no authentication. Everyone who can connect can decrypt your payloads.');
  }
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  log.stopping();
  await close();
}

/** A Codec Server that was started. */
interface StartedCodecServer {
  readonly url: string;
  /** Whether the network can reach it, and it asks nobody who they are. */
  readonly isOpen: boolean;
  /** Whether pages of any origin may use it. */
  readonly hasOrigins: boolean;
  /** Lets it finish what it is answering. */
  readonly close: () => Promise<void>;
}

/**
 * Starts a Codec Server, and tries its keys meanwhile, so that its log tells of one that cannot be used.
 *
 * @param metrics undefined where `/metrics` is not served
 * @throws ConfigurationError
 */
export async function startCodecServer(
  config: LoadedConfig,
  flags: ServeFlags,
  metrics: CollectedMetrics | undefined,
  log: ServerLog,
): Promise<StartedCodecServer> {
  const { keyring } = config;
  const settings = serverSettings(config.server, flags);
  const audit = await openAudit(settings, log);
  if (settings.allowEncode === true) await assertCanEncode(config);
  const { allowUnauthenticatedNetworkAccess = false } = flags;
  const { tls, ...where } = listenOptionsOfConfig(settings);
  const { server, listening } = await ledByFile(config, async () => {
    const server = createCodecServer({
      ...optionsOfConfig(settings),
      codecs: config.codecs,
      ...(audit === undefined ? {} : { audit: audit.sink }),
      ...(typeof keyring === 'function' ? {} : { readiness: keyReadiness([keyring]) }),
      ...(metrics === undefined ? {} : { metrics: () => metrics.text(), telemetry: metrics.server }),
      onError: log.requestFailed,
    });
    const listening = await listen(server, {
      ...where,
      ...(tls === undefined ? {} : { tls: { ...tls, onReload: log.certificateChanged } }),
      allowUnauthenticatedNetworkAccess,
    });
    return { server, listening };
  });
  log.listening(listening.url, typeof keyring === 'function' ? undefined : keyring.keyIds);
  if (settings.allowEncode === true && !config.codec.encrypts) {
    log.warn('WARNING: encrypt is false, so that /encode gives plaintext back.');
  }
  const stopping = new AbortController();
  void warnOfKeys(config, settings.allowEncode === true, log, stopping.signal);
  return {
    url: listening.url,
    isOpen: allowUnauthenticatedNetworkAccess && !server.authenticates,
    hasOrigins: (settings.allowedOrigins ?? []).length > 0,
    close: async () => {
      stopping.abort();
      await listening.close();
      await audit?.close();
    },
  };
}

/** Tries each key, so that the log says now what the first who looks at a payload would find out. */
async function warnOfKeys(
  { keyring }: LoadedConfig,
  canEncode: boolean,
  log: ServerLog,
  signal: AbortSignal,
): Promise<void> {
  for await (const { id, checks } of checkServedKeys(keyring, canEncode, signal)) {
    for (const { status, detail } of checks) {
      if (status === 'fail') log.warn(`Key ${quote(id)}: ${detail}. "waxseal doctor" says more.`);
    }
  }
}

async function assertCanEncode({ keyring, codec }: LoadedConfig): Promise<void> {
  if (typeof keyring === 'function') return;
  if (keyring.primaryKeyId === undefined) {
    throw new ConfigurationError('--allow-encode needs --primary-key <uri> or WAXSEAL_PRIMARY_KEY.');
  }
  await codec.warmUp();
}
