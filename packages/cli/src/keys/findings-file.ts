import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { ConfigurationError } from '@waxseal/core';
import { escapeUnprintable } from '@waxseal/core/internal';
import type { Finding } from '../scan/read-usage';

/**
 * A file with a line of JSON for each payload that a scan finds: where it is, and which keys open it. It
 * holds no data of payloads.
 */
export class FindingsFile {
  readonly #descriptor: number;
  /** Length in bytes. */
  bytes: number;

  /**
   * @param keep how much of a file is kept that is there already, in bytes: what a scan that goes on has
   *   written before it was interrupted. What comes after is written again.
   * @throws ConfigurationError when it cannot be written
   */
  constructor(path: string, keep: number) {
    let size: number;
    try {
      this.#descriptor = openSync(path, keep === 0 ? 'w' : 'a', 0o600);
      ({ size } = fstatSync(this.#descriptor));
      if (keep > 0 && size >= keep) ftruncateSync(this.#descriptor, keep);
    } catch (cause) {
      const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
      throw new ConfigurationError(`--findings: ${path} cannot be written (${code}).`, { cause });
    }
    this.bytes = keep;
    if (size < keep) {
      this.close();
      throw new ConfigurationError(
        `--findings: ${path} is not the file that the interrupted scan wrote. Name that, or begin anew without its --state.`,
      );
    }
  }

  write(findings: readonly Finding[]): void {
    if (findings.length === 0) return;
    const lines = Buffer.from(findings.map(lineOf).join(''));
    for (let at = 0; at < lines.length;) at += writeSync(this.#descriptor, lines, at);
    this.bytes += lines.length;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

function lineOf({ holder, event, kind, field, format, names, bytes }: Finding): string {
  const finding = {
    in: holder.kind,
    id: holder.id,
    ...(holder.runId !== undefined && { runId: holder.runId }),
    ...(event !== undefined && { eventId: event.id, eventType: event.type }),
    ...(event?.timeMs !== undefined && { time: new Date(event.timeMs).toISOString() }),
    kind,
    field,
    format,
    names,
    bytes,
  };
  return `${escapeUnprintable(JSON.stringify(finding))}\n`;
}
