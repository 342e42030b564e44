import type { Worker } from '@temporalio/worker';

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
