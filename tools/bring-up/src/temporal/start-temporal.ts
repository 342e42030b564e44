import { BringUpError } from '../find/bring-up-error';
import { findOnPath } from '../find/find-on-path';
import { freePort } from '../process/free-port';
import { runCommand } from '../process/run-command';
import { startServiceProcess } from '../process/service-process';
import { waitUntil } from '../process/wait-until';
import { findTemporalCli } from './find-temporal-cli';
import { isFrontendServing } from './is-frontend-serving';
import type { StartTemporalOptions } from './start-temporal-options';
import type { TemporalCli } from './temporal-cli';
import type { TemporalServer } from './temporal-server';

const attempts = 3;
const startTimeoutMs = 60_000;

/**
 * Brings up a Temporal server: the one at `TEMPORAL_ADDRESS` when that is set, else a development server of
 * our own on free ports of 127.0.0.1. Resolves when the server answers.
 *
 * @throws BringUpError when no server can be found, installed or started; the message says what to do
 */
export async function startTemporal(options: StartTemporalOptions = {}): Promise<TemporalServer> {
  const environment = options.environment ?? process.env;
  const external = environment['TEMPORAL_ADDRESS'];
  if (external !== undefined && external !== '') {
    return externalServer(external, environment);
  }
  const cli = await findTemporalCli(environment);
  let failure = '';
  for (let attempt = 0; attempt < attempts; attempt++) {
    const started = await startOnce(cli, options);
    if (typeof started !== 'string') {
      return started;
    }
    failure = started;
  }
  throw new BringUpError(
    `The Temporal server (${cli.path}, ${cli.version}) does not start: ${failure}`,
    'Run the command above by hand to see more, or set TEMPORAL_ADDRESS to a server that runs.',
  );
}

function externalServer(address: string, environment: NodeJS.ProcessEnv): TemporalServer {
  return {
    address,
    namespace: environment['TEMPORAL_NAMESPACE'] ?? 'default',
    uiUrl: undefined,
    databaseFile: undefined,
    cliPath: findOnPath('temporal', environment),
    version: undefined,
    external: true,
    processId: undefined,
    stop: () => Promise.resolve(),
  };
}

/** Returns the server, or the reason why it did not start. */
async function startOnce(cli: TemporalCli, options: StartTemporalOptions): Promise<TemporalServer | string> {
  const port = options.port ?? (await freePort());
  const uiPort = options.ui === true ? (options.uiPort ?? (await freePort())) : undefined;
  const address = `127.0.0.1:${String(port)}`;
  const args = [...commandLine(options, port, uiPort), ...(uiPort === undefined ? [] : await quietUi(cli))];
  const server = await startServiceProcess(cli.path, args, options.ownProcessGroup);
  const ready = await waitUntil(
    async () =>
      server.ended !== undefined ||
      (/^Temporal Server:/m.test(server.output()) && (await isFrontendServing(address))),
    { timeoutMs: startTimeoutMs },
  );
  if (!ready || server.ended !== undefined) {
    const why = server.ended ?? `it did not answer at ${address} within ${String(startTimeoutMs)} ms`;
    await server.stop();
    return `\`${[cli.path, ...args].join(' ')}\`: ${why}: ${server.output().trim().split('\n').slice(-5).join('; ')}`;
  }
  return {
    address,
    namespace: 'default',
    uiUrl: uiPort === undefined ? undefined : `http://127.0.0.1:${String(uiPort)}`,
    databaseFile: options.databaseFile,
    cliPath: cli.path,
    version: cli.version,
    external: false,
    processId: server.processId,
    stop: () => server.stop(),
  };
}

/** Keeps the Web UI from asking the outside world for news, where the server knows how. */
async function quietUi(cli: TemporalCli): Promise<string[]> {
  const flag = '--ui-disable-news-fetch';
  return (await runCommand(cli.path, ['server', 'start-dev', '--help'])).includes(flag) ? [flag] : [];
}

function commandLine(options: StartTemporalOptions, port: number, uiPort: number | undefined): string[] {
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'error'];
  args.push(...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]));
  if (options.databaseFile !== undefined) {
    args.push('--db-filename', options.databaseFile);
  }
  if (options.codecEndpoint !== undefined) {
    args.push('--ui-codec-endpoint', options.codecEndpoint);
  }
  for (const namespace of options.namespaces ?? []) {
    args.push('--namespace', namespace);
  }
  for (const [name, type] of Object.entries(options.searchAttributes ?? {})) {
    args.push('--search-attribute', `${name}=${type}`);
  }
  for (const [key, value] of Object.entries(options.dynamicConfig ?? {})) {
    args.push('--dynamic-config-value', `${key}=${JSON.stringify(value)}`);
  }
  return args;
}
