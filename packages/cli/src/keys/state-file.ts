import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { ConfigurationError } from '@waxseal/core';
import { parseJson } from '@waxseal/core/internal';

/** How often the state is written at most, in milliseconds. */
const EVERY_MS = 1_000;

/** What a {@link StateFile} is told of what it keeps. */
export interface StateFileOptions<S> {
  /** Tells the states of a command and release from others. */
  readonly version: S extends { readonly stateVersion: infer V } ? V : never;
  /** How often it is written at most, in milliseconds. */
  readonly everyMs?: number;
}

/**
 * Where a scan keeps how far it has come. One scan at a time has it: another finds its lock. What was being
 * written when the process ended is not lost, since the file is replaced as a whole.
 */
export class StateFile<S extends { readonly stateVersion: number | string }> {
  readonly #path: string;
  readonly #lock: string;
  readonly #version: number | string;
  readonly #everyMs: number;
  #writtenMs = -Infinity;

  private constructor(path: string, { version, everyMs = EVERY_MS }: StateFileOptions<S>) {
    this.#path = path;
    this.#lock = `${path}.lock`;
    this.#version = version;
    this.#everyMs = everyMs;
  }

  /** @throws ConfigurationError when another process has it, or the folder cannot be written */
  static async open<S extends { readonly stateVersion: number | string }>(
    path: string,
    options: StateFileOptions<S>,
  ): Promise<StateFile<S>> {
    const file = new StateFile<S>(path, options);
    await file.#takeLock();
    return file;
  }

  /**
   * What an earlier run has left; `undefined` where there was none.
   *
   * @throws ConfigurationError when it cannot be read
   */
  async read(): Promise<S | undefined> {
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
    const state = parseJson(text, wrong) as Partial<S> | null;
    if (typeof state !== 'object' || state?.stateVersion !== this.#version) throw wrong();
    return state as S;
  }

  /**
   * @param state makes it, where it is written
   * @param isDue whether it is written however short ago it was
   */
  async write(state: () => S | Promise<S>, isDue: boolean): Promise<boolean> {
    const now = performance.now();
    if (!isDue && now - this.#writtenMs < this.#everyMs) return false;
    this.#writtenMs = now;
    await replaceFile(this.#path, JSON.stringify(await state()));
    return true;
  }

  /** Removes what was kept. */
  async remove(): Promise<void> {
    await rm(this.#path, { force: true });
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

/** Puts a file in the place of what is there: who is killed meanwhile leaves the one or the other. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const next = `${path}.next`;
  const file = await open(next, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(next, path);
}
