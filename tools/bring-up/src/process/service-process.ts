import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
   * Stops it: SIGTERM, and SIGKILL when it is still there after the grace period. Resolves once it has ended;
   * safe to call more than once.
   */
  stop(graceMs?: number): Promise<void>;
}

/**
 * Starts a program that serves until it is stopped. It ends, at the latest, with this process.
 *
 * @param command - the program's path
 * @param args - its arguments, taken as they are
 * @param ownProcessGroup - whether signals from the terminal (Ctrl-C) pass it by
 * @throws Error when the program cannot be started at all
 */
export async function startServiceProcess(
  command: string,
  args: readonly string[],
  ownProcessGroup = false,
): Promise<ServiceProcess> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: ownProcessGroup });
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
  const callGuardOff = endWithParent(processId);
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
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}
