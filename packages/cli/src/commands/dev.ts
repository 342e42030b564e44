import { Option } from 'commander';
import type { DevOptions } from '../dev/dev';
import type { Output } from '../output';
import { CliCommand } from './cli-command';
import { parsePort, withKeyOptions } from './options';

/** `waxseal dev`: Temporal's development server with a Codec Server, until it is interrupted. */
export function devCommand(output: Output): CliCommand {
  return withKeyOptions(
    new CliCommand('dev')
      .summary('for development: Temporal, its Web UI and a Codec Server at once')
      .description(
        "For development only. Starts Temporal's development server, and a Codec Server on loopback that its Web UI is configured to use. Takes the keys of the project's configuration; where there is none, those of .waxseal/keyring.json, which it makes. Everyone on this machine can use the servers.",
      )
      .argument('[flags...]', 'further flags of temporal server start-dev, after --'),
  )
    .addOption(
      new Option('--temporal <path>', 'the temporal command (default: that of the PATH)').env('TEMPORAL_CLI'),
    )
    .option('--download', 'where there is none on the PATH, let @temporalio/testing download it')
    .option('--port <port>', 'port of Temporal, 0 for any free one (default: 7233, else any)', parsePort)
    .option('--ui-port <port>', 'port of the Web UI (default: 8233, else any free one)', parsePort)
    .option('--codec-port <port>', 'port of the Codec Server (default: 8081, else any free one)', parsePort)
    .option('--db-filename <file>', 'keep what Temporal stores in this file (default: in memory)')
    .option('--headless', 'start no Web UI')
    .option('--allow-encode', 'serve /encode also, to start and signal workflows from the Web UI and CLI')
    .option('--log', 'write what the development server logs to standard error')
    .option('--json', 'print one line of JSON when all is up')
    .withManual({
      notes:
        'It ends on Ctrl-C, SIGTERM, and when its terminal or the process that has started it goes; nothing is left then.',
      examples: [
        'npx @waxseal/cli dev',
        'waxseal dev --db-filename temporal.db --allow-encode',
        'waxseal dev --port 7300 --ui-port 8300 --codec-port 8090 --log',
        'waxseal dev --headless --json --port 0 --codec-port 0',
        'waxseal dev -- --namespace orders --search-attribute CustomerId=Keyword',
      ],
      exits: {
        done: 'it was told to end',
        failed: 'it could not start, or the development server ended by itself',
      },
      page: 'packages/cli#all-of-it-for-development',
    })
    .action(async (flags: string[], options: DevOptions) => {
      const { dev } = await import('../dev/dev.js');
      await dev(flags, options, output);
    });
}
