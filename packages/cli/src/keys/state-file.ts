import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { ConfigurationError } from '@waxseal/core';
import { parseJson } from '@waxseal/core/internal';
import type { StoredState } from '../scan/scan-state';

/** How often the state is written at most, in milliseconds. */
const EVERY_MS = 1_000;

/**
 * Where a scan keeps how far it has come. One scan at a time has it: another finds its lock. What was being
 * written when the process ended is not lost, since the file is replaced as a whole.
 */
export class StateFile {
  readonly #path: string;
  readonly #lock: string;
  #writtenMs = -Infinity;

  private constructor(path: string) {
    this.#path = path;
    this.#lock = `${path}.lock`;
  }

  /** @throws ConfigurationError when another process has it, or the folder cannot be written */
  static async open(path: string): Promise<StateFile> {
    const file = new StateFile(path);
    await file.#takeLock();
    return file;
  }

  /**
   * What an earlier run has left; `undefined` where there was none.
   *
   * @throws ConfigurationError when it cannot be read
   */
  async read(): Promise<StoredState | undefined> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (cause) {
      const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
      if (code === 'ENOENT') return undefined;
      throw new ConfigurationError(`--state: ${this.#path} cannot be read (${code}).`, { cause });
    }
    const wrong = (): Error =>
      new ConfigurationError(
        `--state: ${this.#path} is no state of a scan by this release. Name another file, or delete it.`,
      );
    const state = parseJson(text, wrong) as Partial<StoredState> | null;
    if (typeof state !== 'object' || state?.stateVersion !== 2) throw wrong();
    return state as StoredState;
  }

  /** @param isDue whether it is written however short ago it was */
  async write(state: () => StoredState, isDue: boolean): Promise<boolean> {
    const now = performance.now();
    if (!isDue && now - this.#writtenMs < EVERY_MS) return false;
    this.#writtenMs = now;
    const next = `${this.#path}.next`;
    const file = await open(next, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(state()));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(next, this.#path);
    return true;
  }

  async close(): Promise<void> {
    await rm(this.#lock, { force: true });
  }

  async #takeLock(): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        const file = await open(this.#lock, 'wx', 0o600);
        await file.writeFile(String(process.pid));
        await file.close();
        return;
      } catch (cause) {
        const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
        if (code !== 'EEXIST') {
          throw new ConfigurationError(`--state: ${this.#path} cannot be written (${code}).`, { cause });
        }
        if (attempt > 0 || !(await this.#isStale())) {
          throw new ConfigurationError(
            `--state: another scan has ${this.#path}. Wait for it, or delete ${this.#lock} where there is none.`,
          );
        }
        await rm(this.#lock, { force: true });
      }
    }
  }

  /** Whether the process that has the lock is gone. */
  async #isStale(): Promise<boolean> {
    try {
      const pid = Number(await readFile(this.#lock, 'utf8'));
      // A lock without a process ID was left while it was made.
      if (!Number.isSafeInteger(pid) || pid <= 0)
        return Date.now() - (await stat(this.#lock)).mtimeMs > EVERY_MS;
      process.kill(pid, 0);
      return false;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ESRCH';
    }
  }
}
