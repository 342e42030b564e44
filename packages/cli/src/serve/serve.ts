import { importOptional, type ServerConfig } from '@waxseal/config';
import { configurationLines, configurationOf, type KeyOptions } from '../configuration';
import type { Output } from '../output';
import { openLog } from './log';
import type { CollectedMetrics } from './metrics';
import type { ServeFlags } from '../server-settings';
import { checkOnly } from './check-only';
import { runCodecServer } from './run-codec-server';

/** What `waxseal serve` takes. */
export interface ServeOptions extends KeyOptions, ServeFlags {
  readonly namespaceAlias?: Readonly<Record<string, readonly string[]>>;
  readonly log?: string;
  readonly check?: true;
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
    const log = openLog(options.log ?? config.server.log ?? 'text', output);
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
