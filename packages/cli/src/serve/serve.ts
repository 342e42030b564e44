import { configurationLines, configurationOf, type KeyOptions } from '../configuration';
import type { Output } from '../output';
import { openLog } from './log';
import { collectMetrics } from './metrics';
import { runCodecServer, type ServeFlags } from './run-codec-server';

/** What `waxseal serve` takes. */
export interface ServeOptions extends KeyOptions, ServeFlags {
  readonly namespaceAlias?: Readonly<Record<string, readonly string[]>>;
  readonly log?: string;
}

/** Runs a Codec Server until the process is told to stop. */
export async function serve(options: ServeOptions, output: Output): Promise<void> {
  const aliases = options.namespaceAlias;
  const metrics = collectMetrics();
  const config = await configurationOf(options, {
    telemetry: metrics.codec,
    ...(aliases === undefined ? {} : { envelope: { namespaceAliases: aliases } }),
  });
  try {
    const log = openLog(options.log ?? config.server.log ?? 'text', output);
    log.configured(configurationLines(config));
    await runCodecServer(config, options, metrics, log);
  } finally {
    await metrics.close();
    config.codec.close();
  }
}
