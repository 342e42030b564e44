import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { ConfigurationError } from '@waxseal/core';
import { escapeUnprintable } from '@waxseal/core/internal';

/**
 * A file with a line of JSON for each thing that was done. What is there already stays. It holds no data of
 * payloads. Only its owner can read it.
 */
export class RecordFile {
  readonly #descriptor: number;

  /** @throws ConfigurationError when it cannot be written */
  constructor(path: string) {
    try {
      this.#descriptor = openSync(path, 'a', 0o600);
    } catch (cause) {
      const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
      throw new ConfigurationError(`--record: ${path} cannot be written (${code}).`, { cause });
    }
  }

  /** Writes a line, with the time. It is on the disk when this returns. */
  write(entry: Readonly<Record<string, unknown>>): void {
    const line = Buffer.from(
      `${escapeUnprintable(JSON.stringify({ time: new Date().toISOString(), ...entry }))}\n`,
    );
    for (let at = 0; at < line.length;) at += writeSync(this.#descriptor, line, at);
    fsyncSync(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
