import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, Socket, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigurationError } from '@waxseal/core';
import { askHealth } from '../ask-health';
import { openSession } from '../temporal/grpc-session';
import { codeOf, TemporalFault } from '../temporal/temporal-fault';
import type { TemporalProgram } from './temporal-program';

const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 60_000;
const ASK_TIMEOUT_MS = 2_000;
const STOP_TIMEOUT_MS = 5_000;
const KEPT_CHARACTERS = 16 * 1024;

/** What a development server is started with. */
export interface DevServerOptions {
  readonly port: number;
  /** `undefined` for none. */
  readonly uiPort: number | undefined;
  /** Base URL of the Codec Server that the Web UI is to use. */
  readonly codecEndpoint: string;
  readonly dbFilename: string | undefined;
  /** Further arguments of `temporal server start-dev`. */
  readonly flags: readonly string[];
  /** Takes what the server logs. */
  readonly log: ((text: string) => void) | undefined;
}

/** A development server that answers. */
export interface DevServer {
  /** `host:port`. */
  readonly address: string;
  readonly processId: number;
  /** Resolves when it has ended: a phrase on how, and the last that it said. */
  readonly ended: Promise<string>;
  /** Ends it: SIGTERM, and SIGKILL after five seconds. Resolves once it has ended. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts `temporal server start-dev` in a process group of its own, so that Ctrl-C passes it by, and waits
 * until it answers. It ends, at the latest, with this process.
 *
 * @param signal gives the start up
 * @throws TemporalFault when it ends, or does not answer within a minute; it is gone then
 */
export async function startDevServer(
  program: TemporalProgram,
  options: DevServerOptions,
  signal: AbortSignal,
): Promise<DevServer> {
  const server = await launch(program.path, argumentsOf(options), options.log);
  const address = `${HOST}:${String(options.port)}`;
  const deadline = Date.now() + START_TIMEOUT_MS;
  let end: string | undefined;
  void server.ended.then((how) => (end = how));
  while (!(await answers(options))) {
    if (end === undefined && !signal.aborted && Date.now() < deadline) {
      await Promise.race([sleep(50), server.ended]);
      continue;
    }
    await server.stop();
    signal.throwIfAborted();
    const why = end ?? `it did not answer at ${address} within ${String(START_TIMEOUT_MS / 1000)} s`;
    throw new TemporalFault(`Temporal's development server (${program.path}) does not start: ${why}`);
  }
  return { ...server, address };
}

function argumentsOf({ port, uiPort, codecEndpoint, dbFilename, flags, log }: DevServerOptions): string[] {
  return [
    ...['server', 'start-dev', '--log-level', log === undefined ? 'error' : 'info', ...flags],
    ...['--ip', HOST, '--port', String(port)],
    ...(uiPort === undefined
      ? ['--headless']
      : ['--ui-port', String(uiPort), '--ui-codec-endpoint', codecEndpoint]),
    ...(dbFilename === undefined ? [] : ['--db-filename', dbFilename]),
  ];
}

async function launch(
  path: string,
  args: readonly string[],
  log: DevServerOptions['log'],
): Promise<Omit<DevServer, 'address'>> {
  const isPosix = process.platform !== 'win32';
  const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: isPosix });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-KEPT_CHARACTERS);
      log?.(text);
    });
  }
  const ended = new Promise<string>((resolve) => {
    child.once('close', (code, by) => {
      const last = said.trim().split('\n').slice(-3).join('; ').slice(-600);
      const how = by === null ? `it exited with code ${String(code)}` : `it was ended by ${by}`;
      resolve(last === '' ? how : `${how}: ${last}`);
    });
  });
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new TemporalFault(`${path} cannot be started (${codeOf(error)}). Name another with --temporal`);
  }
  const { pid } = child;
  if (pid === undefined) throw new TemporalFault(`${path} was started without a process ID`);
  const callOff = isPosix ? endWithParent(pid) : () => undefined;
  void ended.then(callOff);
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  };
  return { processId: pid, ended, stop };
}

/** Waits for a line. Where its input ends without one, it ends a process group, and kills it 5 s later. */
const GUARD = `
read -r line && exit
kill -TERM -"$1" 2>/dev/null
tenths=0
while [ "$tenths" -lt 50 ] && kill -0 -"$1" 2>/dev/null; do sleep 0.1; tenths=$((tenths + 1)); done
kill -KILL -"$1" 2>/dev/null
`;

/** Ends a process group once this process has ended, also by SIGKILL. What it returns calls that off. */
function endWithParent(group: number): () => void {
  const guard = spawn('/bin/sh', ['-c', GUARD, 'sh', String(group)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  guard.unref();
  if (guard.stdin instanceof Socket) guard.stdin.unref();
  return () => {
    guard.stdin.end('ended\n');
  };
}

/** `DescribeNamespaceRequest` of the namespace that every development server makes. */
const DEFAULT_NAMESPACE = Buffer.concat([Buffer.from([0x0a, 7]), Buffer.from('default')]);

/** Whether Temporal knows its namespace, and the Web UI gives its settings. */
async function answers({ port, uiPort }: DevServerOptions): Promise<boolean> {
  const address = `${HOST}:${String(port)}`;
  const session = openSession(
    connect(port, HOST),
    { address, host: HOST, port, namespace: 'default', tls: undefined, apiKey: undefined, metadata: {} },
    () => Promise.resolve(new TemporalFault('no answer')),
    { timeoutMs: ASK_TIMEOUT_MS, bytes: 1024 * 1024 },
  );
  try {
    if ((await session.call('DescribeNamespace', DEFAULT_NAMESPACE)).status !== 0) return false;
    if (uiPort !== undefined) {
      const settings = new URL(`http://${HOST}:${String(uiPort)}/api/v1/settings`);
      await askHealth(settings, { timeoutMs: ASK_TIMEOUT_MS });
    }
    return true;
  } catch {
    return false;
  } finally {
    session.close();
  }
}

/**
 * The port that was asked for, else the usual one where it is free, else any free one.
 *
 * @param flag the option that asks, for the message
 * @throws ConfigurationError when the one that was asked for is not free
 */
export async function choosePort(flag: string, asked: number | undefined, usual: number): Promise<number> {
  try {
    return await bindOnce(asked ?? usual);
  } catch (error) {
    if (asked === undefined) return bindOnce(0);
    const why = codeOf(error) === 'EADDRINUSE' ? 'is in use' : `cannot be had (${codeOf(error)})`;
    throw new ConfigurationError(
      `${flag}: port ${String(asked)} of ${HOST} ${why}. Stop what uses it, name another, or leave ${flag} out for a free one.`,
    );
  }
}

async function bindOnce(port: number): Promise<number> {
  const server = createServer().listen(port, HOST);
  await once(server, 'listening');
  const { port: bound } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return bound;
}
