import type { BigIntStats } from 'node:fs';
import { open, realpath, stat, type FileHandle } from 'node:fs/promises';
import { ConfigurationError } from '@waxseal/core';
import type { PayloadMessage } from '../scan/walk';
import { JsonScanner } from './json-scanner';
import { PayloadFinder, type PayloadSpans, type Span } from './payload-spans';

/** How much is read at a time, in bytes. */
const PIECE_BYTES = 1024 * 1024;

/** The longest text of a payload that is read, in bytes as it is written. */
const LONGEST_TEXT = 128 * 1024 * 1024;

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** A file of JSON that is read, and changed by nobody meanwhile. */
export class SourceFile {
  /** The file itself, where a link was named. */
  readonly path: string;
  readonly stats: BigIntStats;
  readonly #handle: FileHandle;
  /** The last two pieces, which hold most of what is asked for next, and where they begin. */
  #recent: { readonly start: number; readonly bytes: Buffer } = { start: 0, bytes: Buffer.alloc(0) };

  private constructor(path: string, handle: FileHandle, stats: BigIntStats) {
    this.path = path;
    this.#handle = handle;
    this.stats = stats;
  }

  /** @throws ConfigurationError when it cannot be read, or is no file */
  static async open(named: string): Promise<SourceFile> {
    const path = await attempt('read', () => realpath(named));
    const handle = await attempt('read', () => open(path, 'r'));
    try {
      const stats = await handle.stat({ bigint: true });
      if (!stats.isFile()) throw new ConfigurationError('it is no file');
      return new SourceFile(path, handle, stats);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  get bytes(): number {
    return Number(this.stats.size);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  /**
   * What has the form of a payload, in order.
   *
   * @param onRead is called with how far the file has been read, in bytes
   * @throws ConfigurationError when it cannot be read, or is no JSON
   */
  async *payloads(onRead?: (bytes: number) => void): AsyncIterable<PayloadSpans> {
    let found: PayloadSpans[] = [];
    const scanner = new JsonScanner(new PayloadFinder((payload) => found.push(payload)));
    for (let at = 0; at < this.bytes;) {
      const piece = await this.read({ start: at, end: Math.min(this.bytes, at + PIECE_BYTES) });
      const last = at === 0 ? Buffer.alloc(0) : this.#recent.bytes.subarray(-PIECE_BYTES);
      this.#recent = { start: at - last.length, bytes: Buffer.concat([last, piece]) };
      scanner.push(piece);
      at += piece.length;
      onRead?.(at);
      yield* found;
      found = [];
    }
    scanner.end();
    yield* found;
  }

  /**
   * @returns bytes that are shared: not to be written to
   * @throws ConfigurationError when that much is not there
   */
  async read({ start, end }: Span): Promise<Buffer> {
    const recent = this.#recent;
    if (start >= recent.start && end <= recent.start + recent.bytes.length) {
      return recent.bytes.subarray(start - recent.start, end - recent.start);
    }
    const bytes = Buffer.allocUnsafe(end - start);
    for (let done = 0; done < bytes.length;) {
      const { bytesRead } = await attempt('read', () =>
        this.#handle.read(bytes, done, bytes.length - done, start + done),
      );
      if (bytesRead === 0) throw changed();
      done += bytesRead;
    }
    return bytes;
  }

  /** What stands in a span, piece by piece. */
  async *pieces({ start, end }: Span): AsyncIterable<Buffer> {
    for (let at = start; at < end; at += PIECE_BYTES) {
      yield await this.read({ start: at, end: Math.min(end, at + PIECE_BYTES) });
    }
  }

  /**
   * Reads a payload.
   *
   * @returns why its parts cannot be told, where they cannot; `undefined` where it only looks like one
   */
  async payload(spans: PayloadSpans): Promise<PayloadMessage | string | undefined> {
    const encoding = spans.metadata.get('encoding');
    if (encoding === undefined || (await this.#base64(encoding)) === undefined) return undefined;
    if (spans.doubt !== undefined) return spans.doubt;
    const metadata: [string, Buffer][] = [];
    for (const [name, span] of spans.metadata) {
      const value = await this.#base64(span);
      if (value === undefined) return 'it has metadata that are not base64, or too long';
      metadata.push([name, value]);
    }
    const data = spans.data === undefined ? Buffer.alloc(0) : await this.#base64(spans.data);
    if (data === undefined) return 'its data are not base64, or too long';
    return { metadata: Object.fromEntries(metadata), data };
  }

  async #base64(span: Span): Promise<Buffer | undefined> {
    if (span.end - span.start > LONGEST_TEXT) return undefined;
    try {
      const text = JSON.parse((await this.read(span)).toString('utf8')) as string;
      return BASE64.test(text) ? Buffer.from(text, 'base64') : undefined;
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  /** @throws ConfigurationError when its content, its mode or its place is another since it was opened */
  async assertUnchanged(): Promise<void> {
    const now = await attempt('read', () => stat(this.path, { bigint: true }));
    const { dev, ino, size, mtimeNs, ctimeNs } = this.stats;
    const isSame =
      now.dev === dev &&
      now.ino === ino &&
      now.size === size &&
      now.mtimeNs === mtimeNs &&
      now.ctimeNs === ctimeNs;
    if (!isSame) throw changed();
  }
}

function changed(): Error {
  return new ConfigurationError('it was changed meanwhile, and is left as it is: run this again');
}

/** @throws ConfigurationError in the place of an error of the file system */
export async function attempt<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new ConfigurationError(`it cannot be ${what} (${code})`, { cause });
  }
}
