import { open, rm, type FileHandle } from 'node:fs/promises';
import { ConfigurationError } from '@waxseal/core';

/** A file for plaintext, which only its owner can read. */
export class ResultFile {
  readonly #path: string;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  /** @throws ConfigurationError when it is there already, or cannot be made */
  static async create(path: string): Promise<ResultFile> {
    try {
      return new ResultFile(path, await open(path, 'wx', 0o600));
    } catch (cause) {
      const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
      const why =
        code === 'EEXIST' ? 'is there already: others may be able to read it' : `cannot be made (${code})`;
      throw new ConfigurationError(`--out: ${path} ${why}. Name a file that is not there.`, { cause });
    }
  }

  /** @throws ConfigurationError when it cannot be written */
  async write(lines: readonly string[]): Promise<void> {
    try {
      for (const line of lines) await this.#handle.write(`${line}\n`);
      await this.#handle.close();
    } catch (cause) {
      const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
      throw new ConfigurationError(`--out: ${this.#path} cannot be written (${code}).`, { cause });
    }
  }

  /** Takes it away again. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    await rm(this.#path, { force: true });
  }
}
