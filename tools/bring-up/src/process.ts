import { spawn, execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { endWithParent } from './end-with-parent';

const keptOutputCharacters = 64 * 1024;

/** A program that serves until it is stopped. */
export interface ServiceProcess {
  readonly processId: number;
  /** `undefined` while it runs; then one phrase on how it ended. */
  readonly ended: string | undefined;
  /** The last 64 Ki characters of what it wrote to standard output and standard error. */
  output(): string;
  /**
   * Stops it: SIGTERM, or the signal that it was started with, and SIGKILL when it is still there after
   * the grace period. Resolves once it has ended; safe to call more than once.
   */
  stop(graceMs?: number): Promise<void>;
}

/** How {@link startServiceProcess} starts the program. */
interface ServiceProcessOptions {
  /** Whether signals from the terminal (Ctrl-C) pass it by. Not when left out. */
  readonly ownProcessGroup?: boolean | undefined;
  /** The program's environment; the process's own when left out. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Whom it runs as, then in the folder `/`; only root may choose. As this process when left out. */
  readonly user?: SystemUser | undefined;
  /** Asks the program to end. SIGTERM when left out. */
  readonly stopSignal?: NodeJS.Signals;
  /** Does so when this process has ended without stopping it. `stopSignal` when left out. */
  readonly orphanSignal?: NodeJS.Signals;
}

/** A user of the operating system, and the group, by their numbers. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Starts a program that serves until it is stopped. It ends, at the latest, with this process.
 *
 * @param command - the program's path
 * @param args - its arguments, taken as they are
 * @throws Error when the program cannot be started at all
 */
export async function startServiceProcess(
  command: string,
  args: readonly string[],
  options: ServiceProcessOptions = {},
): Promise<ServiceProcess> {
  const { stopSignal = 'SIGTERM', orphanSignal = stopSignal } = options;
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: options.ownProcessGroup ?? false,
    env: options.environment ?? process.env,
    ...asUser(options.user),
  });
  let output = '';
  let ended: string | undefined;
  const keep = (chunk: string): void => {
    output = (output + chunk).slice(-keptOutputCharacters);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  const closed = new Promise<void>((resolve) => {
    child.once('close', (code, signal) => {
      ended = signal === null ? `it exited with code ${String(code)}` : `it was ended by ${signal}`;
      resolve();
    });
  });
  await once(child, 'spawn');
  const processId = child.pid;
  if (processId === undefined) {
    throw new Error(`${command} was started without a process id`);
  }
  const callGuardOff = endWithParent(processId, orphanSignal);
  void closed.then(callGuardOff);

  return {
    processId,
    get ended() {
      return ended;
    },
    output: () => output,
    async stop(graceMs = 5_000) {
      if (ended !== undefined) {
        return;
      }
      child.kill(stopSignal);
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

/** Another user may not be let into the folder that this process is in. */
function asUser(user: SystemUser | undefined): object {
  return user === undefined ? {} : { ...user, cwd: '/' };
}

/** How {@link runCommand} runs the program. */
interface RunCommandOptions {
  /** The program's environment; the process's own when left out. */
  readonly environment?: NodeJS.ProcessEnv;
  /** The program is killed after this long. 60,000 when left out. */
  readonly timeoutMs?: number;
  /** Whom it runs as, then in the folder `/`; only root may choose. As this process when left out. */
  readonly user?: SystemUser | undefined;
}

/**
 * Runs a program to its end, without a shell.
 *
 * @returns what it wrote to standard output
 * @throws Error with the exit code and the last lines of its output, when it cannot be started, fails or
 *   takes too long
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: RunCommandOptions = {},
): Promise<string> {
  const timeout = options.timeoutMs ?? 60_000;
  return new Promise((resolve, reject) => {
    execFile(
      command,
      args,
      {
        env: options.environment ?? process.env,
        timeout,
        killSignal: 'SIGKILL',
        maxBuffer: 64 * 2 ** 20,
        ...asUser(options.user),
      },
      (error, stdout, stderr) => {
        if (error === null) {
          resolve(stdout);
          return;
        }
        const end = `${stdout}\n${stderr}`.trim().split('\n').slice(-5).join('; ');
        const what =
          error.killed === true ? `took longer than ${String(timeout)} ms` : `failed (${String(error.code)})`;
        reject(new Error(`\`${[command, ...args].join(' ')}\` ${what}${end === '' ? '' : `: ${end}`}`));
      },
    );
  });
}

/** How {@link waitUntil} asks. */
interface WaitUntilOptions {
  /** Time from the end of one question to the next. 50 when left out. */
  readonly intervalMs?: number;
  /** After this long the wait is given up. 30,000 when left out. */
  readonly timeoutMs?: number;
}

/**
 * Asks again and again until the answer is yes.
 *
 * @param isTrue - the question; when it throws, the wait ends with that error
 * @returns whether the answer was yes within the time
 */
export async function waitUntil(
  isTrue: () => boolean | Promise<boolean>,
  options: WaitUntilOptions = {},
): Promise<boolean> {
  const deadline = Date.now() + (options.timeoutMs ?? 30_000);
  while (Date.now() < deadline) {
    if (await isTrue()) {
      return true;
    }
    await sleep(options.intervalMs ?? 50);
  }
  return false;
}

/** Below the ports that systems give to whoever asks for any: Linux from 32,768 on, others from 49,152. */
const [LEAST_PORT, MOST_PORT] = [15_000, 32_000];
const ATTEMPTS = 100;

/**
 * A TCP port of 127.0.0.1 that is free now. Each connection that any process opens is given one from the
 * system's own range, and would soon have the one that was given here; so it is none of those. Another
 * process may still ask for the same, so a service that fails to bind is started again on another port.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(LEAST_PORT, MOST_PORT + 1);
    if (await isFree(port)) return port;
  }
  throw new Error(`No TCP port from ${String(LEAST_PORT)} to ${String(MOST_PORT)} was found free.`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/** Undoes what was set up, last first. */
export class CleanUp {
  readonly #steps: (() => unknown)[] = [];

  /** Adds a step that undoes what was just set up; it may be asynchronous. */
  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  /** Runs all steps, the others also when one fails. */
  async run(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        console.error('While cleaning up:', error);
      }
    }
  }
}
