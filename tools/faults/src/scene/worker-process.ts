import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Worker } from '@temporalio/worker';
import { endWithParent } from '@waxseal/bring-up';

/** A Worker in a process of its own, which ends with this one at the latest. */
export class WorkerProcess {
  /** The states that its Worker reported. */
  readonly states = new Set<string>();
  /** How it ended: exit code or signal; `undefined` while it runs. */
  ended: number | NodeJS.Signals | undefined;

  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #output = '';

  /** @param environment beside the path, all that it gets */
  constructor(environment: Readonly<Record<string, string>>) {
    this.#child = fork(require.resolve('../worker'), [], {
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const keep = (chunk: Buffer): void => {
      this.#output += chunk.toString();
    };
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
    this.#child.on('message', (state) => this.states.add(JSON.stringify(state).slice(1, -1)));
    this.#closed = once(this.#child, 'close').then(([code, signal]: unknown[]) => {
      this.ended = (signal ?? code) as number | NodeJS.Signals;
    });
    const { pid } = this.#child;
    if (pid !== undefined) void this.#closed.then(endWithParent(pid));
  }

  /** All that it wrote to standard output and standard error. */
  get output(): string {
    return this.#output;
  }

  /** Waits until it has ended by itself. */
  async hasEnded(): Promise<void> {
    await this.#closed;
  }

  /** Kills it: SIGKILL. Resolves once it has ended. */
  async kill(): Promise<void> {
    if (this.ended !== undefined) return;
    this.#child.kill('SIGKILL');
    await this.#closed;
  }
}

const WATCH_MS = 50;

/** A Worker that runs in this process, and what became of it. */
export class WatchedWorker {
  /** The states that it was seen in while it should run. */
  readonly states = new Set<string>();
  /** Why it ended before it was told to; `undefined` as long as it did not. */
  failure: unknown;

  readonly #worker: Worker;
  readonly #running: Promise<void>;
  readonly #timer: NodeJS.Timeout;

  /** Runs the Worker. */
  constructor(worker: Worker) {
    this.#worker = worker;
    this.#running = worker.run().catch((error: unknown) => {
      this.failure = error;
      this.states.add(worker.getState());
    });
    this.#timer = setInterval(() => this.states.add(worker.getState()), WATCH_MS);
  }

  /** What it is in now. */
  get state(): string {
    return this.#worker.getState();
  }

  /** Shuts it down. Resolves once it has ended. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    if (this.state === 'RUNNING') this.#worker.shutdown();
    await this.#running;
  }
}
