import { importOptional, type LoadedConfig, type ServerConfig } from '@waxseal/config';
import { EXIT } from '../failure/exit-codes';
import { configurationLines, configurationOf, type KeyOptions } from '../configuration';
import { checkServedKeys } from '../doctor/key-checks';
import { type Check, formatCheck } from '../doctor/report';
import { serverChecks } from '../doctor/server-checks';
import type { Output } from '../output';
import { openLog, type ServerLog } from './log';
import type { CollectedMetrics } from './metrics';
import { type ServeFlags, serverSettings } from '../server-settings';
import { runCodecServer } from './run-codec-server';
import { withProgress } from '../terminal/progress';

/** What `waxseal serve` takes. */
export interface ServeOptions extends KeyOptions, ServeFlags {
  readonly namespaceAlias?: Readonly<Record<string, readonly string[]>>;
  readonly log?: string;
  readonly check?: true;
  readonly json?: true;
}

/** Runs a Codec Server until the process is told to stop. */
export async function serve(options: ServeOptions, output: Output): Promise<void> {
  const aliases = options.namespaceAlias;
  let metrics: CollectedMetrics | undefined;
  const metricsFor = async (file: ServerConfig): Promise<CollectedMetrics | undefined> => {
    if (options.metrics ?? file.metrics) metrics ??= await loadMetrics();
    return metrics;
  };
  const config = await configurationOf(options, {
    telemetry: async (file) => (await metricsFor(file))?.codec,
    ...(aliases === undefined ? {} : { envelope: { namespaceAliases: aliases } }),
  });
  try {
    const log = logOf(options, config.server, output);
    log.configured(configurationLines(config));
    if (options.check) {
      await checkOnly(config, options, output);
      return;
    }
    await runCodecServer(config, options, await metricsFor(config.server), log);
  } finally {
    await metrics?.close();
    config.codec.close();
  }
}

/** The log; with `--json`, where it listens is the result. */
function logOf({ json, log: format }: ServeOptions, server: ServerConfig, output: Output): ServerLog {
  if (!json) return openLog(format ?? server.log ?? 'text', output);
  const log = openLog('json', output);
  return {
    ...log,
    listening: (url, keyIds) => {
      log.listening(url, keyIds);
      output.line(JSON.stringify({ url, keyIds: keyIds ?? null }));
    },
  };
}

/**
 * Checks what a Codec Server would be started with, and its keys, prints each check in a line, and serves
 * nothing. Sets the exit code of the process: 1 when a check fails.
 */
async function checkOnly(config: LoadedConfig, flags: ServeOptions, { line }: Output): Promise<void> {
  const canEncode = serverSettings(config.server, flags).allowEncode === true;
  const checks: Check[] = [];
  const check = async (): Promise<void> => {
    checks.push(...(await serverChecks(config, flags)));
    for await (const report of checkServedKeys(config.keyring, canEncode)) {
      checks.push(...report.checks.map((one) => ({ ...one, detail: `${report.id}: ${one.detail}` })));
    }
  };
  await withProgress('checking keys', check);
  const ok = checks.every(({ status }) => status !== 'fail');
  if (flags.json) line(JSON.stringify({ ok, checks }, null, 2));
  else for (const each of checks) line(formatCheck(each));
  if (!ok) process.exitCode = EXIT.failed;
}

/** @throws ConfigurationError when packages are missing */
async function loadMetrics(): Promise<CollectedMetrics> {
  const { collectMetrics } = await importOptional(
    '/metrics',
    [
      '@waxseal/opentelemetry',
      '@opentelemetry/api',
      '@opentelemetry/sdk-metrics',
      '@opentelemetry/exporter-prometheus',
    ],
    () => import('./metrics.js'),
  );
  return collectMetrics();
}
