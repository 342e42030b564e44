import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ConfigurationError } from '@waxseal/core';
import { MAX_LINE_BYTES } from './file-end';

/** A line of an audit file. */
export interface LineAt {
  /** As it was named. */
  readonly file: string;
  /** From 1 on. */
  readonly number: number;
  /** Without the line feed; of a line that is too long, its beginning. */
  readonly bytes: Buffer;
  /** `unended`: the file ends within it. */
  readonly state: 'whole' | 'unended' | 'too long';
}

/**
 * Reads files line by line, one after the other, however long they are: no more is in memory than a chunk and
 * a line of a MiB. What ends in `.gz` is decompressed.
 *
 * @param files paths, or `-` for standard input
 * @returns lines, some at a time
 * @throws ConfigurationError when a file cannot be read
 */
export async function* readLines(files: readonly string[]): AsyncGenerator<readonly LineAt[]> {
  for (const file of files) {
    const splitter = new LineSplitter(file);
    try {
      for await (const chunk of openSource(file)) yield splitter.add(chunk as Buffer);
    } catch (cause) {
      const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
      throw new ConfigurationError(
        `${file} cannot be read (${code}). Name audit files, the oldest first, or - for standard input.`,
        { cause },
      );
    }
    yield splitter.end();
  }
}

function openSource(file: string): Readable {
  if (file === '-') return process.stdin;
  const source = createReadStream(file);
  if (!file.endsWith('.gz')) return source;
  // The reader of the end of the pipeline is told of failures too.
  return pipeline(source, createGunzip(), () => undefined);
}

const LINE_FEED = 0x0a;

class LineSplitter {
  readonly #file: string;
  #number = 0;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** The lines that end in a chunk. */
  add(chunk: Buffer): readonly LineAt[] {
    const lines: LineAt[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      this.#keep(chunk.subarray(start, end));
      lines.push(this.#take('whole'));
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
    return lines;
  }

  /** What stands behind the last line feed. */
  end(): readonly LineAt[] {
    return this.#bytes === 0 ? [] : [this.#take('unended')];
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return;
    if (this.#bytes <= MAX_LINE_BYTES) this.#parts.push(part);
    this.#bytes += part.length;
  }

  #take(state: LineAt['state']): LineAt {
    const [first = Buffer.alloc(0)] = this.#parts;
    const bytes = this.#parts.length <= 1 ? first : Buffer.concat(this.#parts);
    const isTooLong = this.#bytes > MAX_LINE_BYTES;
    this.#number += 1;
    this.#parts = [];
    this.#bytes = 0;
    return { file: this.#file, number: this.#number, bytes, state: isTooLong ? 'too long' : state };
  }
}
