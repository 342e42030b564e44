import { connect } from 'node:http2';
import { BringUpError, findOnPath } from '../find';
import { freePort, runCommand, startServiceProcess, waitUntil } from '../process';
import { findTemporalCli } from './find-temporal';
import type { TemporalCli } from './temporal-cli';

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
  const server = await startServiceProcess(cli.path, args, { ownProcessGroup: options.ownProcessGroup });
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

/**
 * What {@link startTemporal} starts. All of it is without effect on a server that runs already
 * (`TEMPORAL_ADDRESS`).
 */
export interface StartTemporalOptions {
  /** SQLite file for all that the server stores, made when it is not there. In memory when left out. */
  readonly databaseFile?: string;
  /** Whether to serve the Web UI. Not when left out. */
  readonly ui?: boolean;
  /** Base URL of a Codec Server for the Web UI. */
  readonly codecEndpoint?: string;
  /** Namespaces to make besides `default`. */
  readonly namespaces?: readonly string[];
  /** Search attributes to register: type by name. */
  readonly searchAttributes?: Readonly<
    Record<string, 'Text' | 'Keyword' | 'Int' | 'Double' | 'Bool' | 'Datetime' | 'KeywordList'>
  >;
  /** Values of the server's dynamic configuration, by key. */
  readonly dynamicConfig?: Readonly<Record<string, string | number | boolean>>;
  /** Port of the gRPC frontend. A free one when left out. */
  readonly port?: number;
  /** Port of the Web UI. A free one when left out. */
  readonly uiPort?: number;
  /**
   * Whether Ctrl-C in the terminal passes the server by, so that the caller can stop it when it is done with
   * it. Not when left out.
   */
  readonly ownProcessGroup?: boolean;
  /** Holds `TEMPORAL_ADDRESS`, `PATH` and so on; the process's own when left out. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** A Temporal server that the demo or a test can use. */
export interface TemporalServer {
  /** `host:port` of the gRPC frontend. */
  readonly address: string;
  /** A namespace that exists there. */
  readonly namespace: string;
  /** Base URL of the Web UI, without a trailing slash; `undefined` without one. */
  readonly uiUrl: string | undefined;
  /**
   * The SQLite file that holds all that the server stores; `undefined` when the server is not ours to look
   * into.
   */
  readonly databaseFile: string | undefined;
  /** A `temporal` command of about the server's age; `undefined` when there is none. */
  readonly cliPath: string | undefined;
  /** What the server's program says of itself; `undefined` for a server that was running already. */
  readonly version: string | undefined;
  /**
   * Whether it was running already (`TEMPORAL_ADDRESS`), so that nothing was started and {@link stop} stops
   * nothing.
   */
  readonly external: boolean;
  /** The process that serves; `undefined` for a server that was running already. */
  readonly processId: number | undefined;
  /** Stops it. Resolves once its process has ended; safe to call more than once. The database file stays. */
  stop(): Promise<void>;
}

/** `HealthCheckRequest { service }`, framed as one uncompressed gRPC message. */
const checkRequest = grpcFrame('temporal.api.workflowservice.v1.WorkflowService');
const serving = 1;

/**
 * Asks a Temporal frontend whether it serves, with the gRPC health protocol in clear text over HTTP/2.
 *
 * Source: `grpc.health.v1.Health/Check` in grpc-proto, and "gRPC over HTTP2" for the framing.
 *
 * @param address - `host:port`
 * @param timeoutMs - how long an answer is waited for
 * @returns `true` when it answers SERVING; `false` when it answers otherwise, or not at all
 */
function isFrontendServing(address: string, timeoutMs = 1_000): Promise<boolean> {
  return new Promise((resolve) => {
    const session = connect(`http://${address}`);
    const finish = (answer: boolean): void => {
      clearTimeout(timer);
      session.destroy();
      resolve(answer);
    };
    const timer = setTimeout(finish, timeoutMs, false);
    session.on('error', () => {
      finish(false);
    });
    const request = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => {
      finish(false);
    });
    request.on('end', () => {
      const answer = Buffer.concat(chunks);
      finish(answer.length >= 7 && answer[5] === 0x08 && answer[6] === serving);
    });
    request.end(checkRequest);
  });
}

function grpcFrame(service: string): Buffer {
  const name = Buffer.from(service, 'ascii');
  const message = Buffer.concat([Buffer.from([0x0a, name.length]), name]);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}
