import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CONFIG_FILE_NAMES, localKeyUri, type LoadedConfig, type ServerConfig } from '@waxseal/config';
import { ConfigurationError } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { askHealth } from '../ask-health';
import { configurationLines, configurationOf, type KeyOptions } from '../configuration';
import { assertNothingInTheWay, KEYRING_FILE, newKeyFiles, writeNewFiles } from '../init/new-files';
import { proposedId } from '../init/providers';
import { UsageError } from '../failure/command-errors';
import { type Output, steady } from '../output';
import { openLog } from '../serve/log';
import { startCodecServer } from '../serve/run-codec-server';
import { TemporalFault } from '../temporal/temporal-fault';
import { choosePort, startDevServer } from './dev-server';
import { projectIn, type Running, textOf } from './running';
import { findTemporal, type ProgramOptions } from './temporal-program';
import { Progress } from '../terminal/progress';

/** What `waxseal dev` takes. */
export interface DevOptions extends KeyOptions, ProgramOptions {
  readonly port?: number;
  readonly uiPort?: number;
  readonly codecPort?: number;
  readonly dbFilename?: string;
  readonly headless?: true;
  readonly allowEncode?: true;
  readonly log?: true;
  readonly json?: true;
}

/**
 * Runs Temporal's development server and a Codec Server until the process is told to stop, and leaves nothing
 * behind.
 *
 * @param flags further arguments of `temporal server start-dev`
 * @throws ConfigurationError, TemporalFault
 */
export async function dev(flags: readonly string[], options: DevOptions, output: Output): Promise<void> {
  const { signal, stopped, hasHungUp } = untilStopped();
  const undo: (() => unknown)[] = [];
  const starting = new Progress(
    options.download === true ? 'looking for Temporal, or downloading it' : 'starting',
    () => undefined,
  );
  undo.push(() => {
    starting.end();
  });
  try {
    const program = await findTemporal(options, signal);
    const ports = await choosePorts(options, output);
    const config = await loadKeys(options, output);
    undo.push(
      () => config.store?.close(),
      () => config.subjects?.close(),
      () => {
        config.codec.close();
      },
    );
    for (const text of configurationLines(config)) output.notice(text);
    const log = { ...openLog('text', output), listening: () => undefined };
    const codecServer = await startCodecServer(
      { ...config, server: serverOf(config) },
      {
        host: '127.0.0.1',
        port: ports.codec,
        allowOrigin: originsOf(ports.ui),
        ...(options.allowEncode === undefined ? {} : { allowEncode: true }),
      },
      undefined,
      log,
    );
    undo.push(codecServer.close);
    signal.throwIfAborted();
    const server = await startDevServer(
      program,
      {
        port: ports.temporal,
        uiPort: ports.ui,
        codecEndpoint: codecServer.url,
        dbFilename: options.dbFilename,
        flags,
        log: options.log === true ? (text) => process.stderr.write(steady(text)) : undefined,
      },
      signal,
    );
    undo.push(server.stop);
    await askHealth(new URL(`${codecServer.url}/healthz`), { timeoutMs: 2_000 });
    const running: Running = {
      address: server.address,
      processId: server.processId,
      ui: originsOf(ports.ui)[0],
      codecServer: codecServer.url,
      allowEncode: options.allowEncode === true,
      keys: typeof config.keyring === 'function' ? undefined : config.keyring.keyIds,
      environment: { TEMPORAL_ADDRESS: server.address, ...variablesOf(config, options) },
      temporal: program.version,
      dbFilename: options.dbFilename,
    };
    starting.end();
    const command = program.isOnPath ? 'temporal' : program.path;
    output.line(options.json === true ? JSON.stringify(running) : textOf(running, command, process.cwd()));
    const how = await Promise.race([server.ended, stopped]);
    if (how !== undefined) throw new TemporalFault(`Temporal's development server ended by itself: ${how}`);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    for (const step of undo.reverse()) await step();
  }
  // Node aborts where it sets a terminal back that is gone, unless the signal ends it.
  if (hasHungUp()) process.removeAllListeners('SIGHUP').kill(process.pid, 'SIGHUP');
}

const PARENT_LOOK_MS = 500;

/** When the process is to end. */
interface Stopping {
  readonly signal: AbortSignal;
  readonly stopped: Promise<undefined>;
  /** Whether the terminal went. */
  readonly hasHungUp: () => boolean;
}

/** Until a signal comes, or the process that has started this one is gone: nobody else would end it then. */
function untilStopped(): Stopping {
  const controller = new AbortController();
  let isHungUp = false;
  const stop = (by?: NodeJS.Signals): void => {
    isHungUp ||= by === 'SIGHUP';
    controller.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid !== parent) stop();
  }, PARENT_LOOK_MS);
  look.unref();
  const stopped = new Promise<undefined>((resolve) => {
    controller.signal.addEventListener('abort', () => {
      resolve(undefined);
    });
  });
  return { signal: controller.signal, stopped, hasHungUp: () => isHungUp };
}

interface Ports {
  readonly temporal: number;
  readonly ui: number | undefined;
  readonly codec: number;
}

/** @throws ConfigurationError when one that was asked for is in use, or two are the same */
async function choosePorts(
  { port, uiPort, codecPort, headless }: DevOptions,
  { notice }: Output,
): Promise<Ports> {
  const choose = async (flag: string, asked: number | undefined, usual: number): Promise<number> => {
    const chosen = await choosePort(flag, asked, usual);
    if (asked === undefined && chosen !== usual) {
      notice(`Port ${String(usual)} is in use: ${String(chosen)} is taken. ${flag} names another.`);
    }
    return chosen;
  };
  const temporal = await choose('--port', port, 7233);
  const ui = headless === true ? undefined : await choose('--ui-port', uiPort, 8233);
  const codec = await choose('--codec-port', codecPort, 8081);
  if (new Set([temporal, ui, codec]).size < 3) {
    throw new UsageError('--port, --ui-port and --codec-port must be different ports.');
  }
  return { temporal, ui, codec };
}

/** The Web UI under both of its names, for the browser. */
function originsOf(port: number | undefined): readonly string[] {
  if (port === undefined) return [];
  return ['localhost', '127.0.0.1'].map((host) => `http://${host}:${String(port)}`);
}

const KEY_VARIABLES = [
  'WAXSEAL_CONFIG',
  'WAXSEAL_PRIMARY_KEY',
  'WAXSEAL_ADDITIONAL_KEYS',
  'WAXSEAL_DECRYPT_KEYS',
];

/** The keys of the project; where it names none a local one, which is made where there is none yet. */
function loadKeys(options: DevOptions, { notice }: Output): Promise<LoadedConfig> {
  const directory = process.cwd();
  const { config, primaryKey, additionalKey, decryptKey } = options;
  const isNamed =
    [config, primaryKey, additionalKey, decryptKey].some((option) => option !== undefined) ||
    KEY_VARIABLES.some((name) => (process.env[name] ?? '') !== '') ||
    CONFIG_FILE_NAMES.some((name) => existsSync(join(directory, name)));
  if (isNamed) return configurationOf(options);
  const file = join(directory, KEYRING_FILE);
  if (!existsSync(file)) {
    const files = newKeyFiles(proposedId(projectIn(directory)?.name ?? basename(directory))).filter(
      ({ path }) => !existsSync(join(directory, path)),
    );
    assertNothingInTheWay(directory, files);
    writeNewFiles(directory, files);
    notice(`Wrote ${KEYRING_FILE}: a new key for this project, which Git does not keep.`);
  }
  return configurationOf({ primaryKey: localKeyUri(file, LocalKey.fromFile(file).id) });
}

/** What of the configuration's `server` has a meaning here: `dev` says where it listens, and for whom. */
function serverOf({ source, server }: LoadedConfig): ServerConfig {
  if (server.auth !== undefined) {
    throw new ConfigurationError(
      `${basename(source ?? 'The configuration')} has server.auth, and nobody signs in at a development server: its keys would be open to everyone on this machine. Name a key for development with --primary-key, or another file with --config.`,
    );
  }
  const { externalStorage, defaultNamespace, onPayloadError, namespaces } = server;
  const kept = { externalStorage, defaultNamespace, onPayloadError, namespaces, drainTimeout: '1s' };
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
}

/** The variables by which a worker gets the same keys, where it does not find them by itself. */
function variablesOf({ source, named }: LoadedConfig, options: DevOptions): Readonly<Record<string, string>> {
  if (source !== undefined) {
    const isFound = options.config === undefined && (process.env['WAXSEAL_CONFIG'] ?? '') === '';
    return isFound ? {} : { WAXSEAL_CONFIG: source };
  }
  const { primaryKey, additionalKeys = [], decryptKeys = [] } = named?.uris ?? {};
  return {
    ...(primaryKey === undefined ? {} : { WAXSEAL_PRIMARY_KEY: primaryKey }),
    ...(additionalKeys.length === 0 ? {} : { WAXSEAL_ADDITIONAL_KEYS: additionalKeys.join(',') }),
    ...(decryptKeys.length === 0 ? {} : { WAXSEAL_DECRYPT_KEYS: decryptKeys.join(',') }),
  };
}
