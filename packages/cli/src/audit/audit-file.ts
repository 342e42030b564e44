import { open, stat, type FileHandle } from 'node:fs/promises';
import {
  AuditChain,
  auditLine,
  type AuditHead,
  type AuditRecord,
  type AuditSink,
} from '@waxseal/codec-server';
import { ConfigurationError } from '@waxseal/core';
import { withDeadline } from '@waxseal/core/internal';
import { endBeforeRotation, readFileEnd, type FileEnd } from './file-end';

/** An audit log that is open. */
export interface AuditLog {
  readonly sink: AuditSink;
  /** The line that was written last; undefined before the first, and where lines are not chained. */
  readonly head?: () => AuditHead | undefined;
  /** Writes out what is left. */
  close(): Promise<void>;
}

/** What {@link openAuditFile} takes besides the path. */
export interface AuditFileOptions {
  /** Secret of the chain's HMAC; without it lines carry a plain hash. */
  readonly key?: Uint8Array | undefined;
  /** Told of what the operator should know. */
  readonly warn?: (message: string) => void;
  /** Told of the line after which a chain begins, and of the last line of a file that was rotated. */
  readonly onHead?: (head: AuditHead) => void;
}

/** After a file could not be written or opened, it is not opened again before this. */
const RETRY_MS = 1_000;
const CLOSE_MS = 5_000;
/** Of lines that wait to be written. An answer waits for its line a second at the most. */
const MAX_WAITING = 10_000;
const MAX_WAITING_CHARACTERS = 32 * 1024 * 1024;
const MAX_BATCH = 256;

/**
 * Opens a file to append lines of JSON to, which only its owner can read when it is made. Each line is linked
 * to the one before ({@link AuditChain}); a chain that begins names the line that is there already. A file
 * that was renamed or removed is made anew, and its chain goes on. One that cannot be written any more, as on
 * a full disk, is opened again with a later record; until that works, records are refused, and so are the
 * requests that they are about.
 *
 * @throws ConfigurationError when it cannot be opened now
 */
export async function openAuditFile(path: string, options: AuditFileOptions = {}): Promise<AuditLog> {
  const file = new AuditFile(path, options);
  try {
    await file.open();
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new ConfigurationError(`The audit file ${JSON.stringify(path)} cannot be opened: ${code}.`, {
      cause,
    });
  }
  return { sink: (record) => file.write(record), head: () => file.head, close: () => file.close() };
}

/** A line that waits to be written, and the record's answer for it. */
interface Waiting {
  readonly line: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface OpenedFile {
  readonly handle: FileHandle;
  readonly dev: bigint;
  readonly ino: bigint;
  /** Undefined for what is no regular file, such as a pipe. */
  size: bigint | undefined;
}

class AuditFile {
  readonly #path: string;
  readonly #options: AuditFileOptions;
  readonly #waiting: Waiting[] = [];
  #characters = 0;
  #writing: Promise<void> | undefined;
  #opened: OpenedFile | undefined;
  #chain: AuditChain | undefined;
  /** Ends a line that was cut off. */
  #lead = '';
  #openAfterMs = -Infinity;
  #hasWarned = false;
  #isClosed = false;

  constructor(path: string, options: AuditFileOptions) {
    this.#path = path;
    this.#options = options;
  }

  get head(): AuditHead | undefined {
    return this.#chain?.head;
  }

  /** Opens the file, and begins a chain after what stands in it, unless one goes on. */
  async open(): Promise<OpenedFile> {
    const handle = await openToAppend(this.#path);
    try {
      const status = await handle.stat({ bigint: true });
      const isFile = status.isFile();
      const end = isFile && handle.canRead ? await readFileEnd(handle) : undefined;
      if (end !== undefined && end.cutOff.length > 0) this.#lead = '\n';
      if (this.#chain === undefined) {
        const isEmpty = isFile && status.size === 0n;
        this.#chain = this.#begin(isEmpty ? await endBeforeRotation(this.#path) : end);
      }
      const { dev, ino } = status;
      this.#opened = { handle, dev, ino, size: isFile ? status.size : undefined };
      return this.#opened;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  #begin(before: FileEnd | undefined): AuditChain {
    const { key, onHead } = this.#options;
    const after = before?.head;
    if (after !== undefined) onHead?.(after);
    return new AuditChain({
      ...(key === undefined ? {} : { key }),
      ...(after === undefined ? {} : { after }),
      ...(before === undefined || before.cutOff.length === 0 ? {} : { cutOff: before.cutOff }),
    });
  }

  write(record: AuditRecord): Promise<void> {
    const line = auditLine(record);
    if (this.#isClosed) throw new Error('The audit file is closed.');
    if (this.#opened === undefined && performance.now() < this.#openAfterMs) {
      throw new Error('The audit file could not be written a moment ago.');
    }
    if (this.#waiting.length >= MAX_WAITING || this.#characters + line.length > MAX_WAITING_CHARACTERS) {
      throw new Error('The audit file takes lines too slowly.');
    }
    this.#characters += line.length;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ line, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const end = async (): Promise<void> => {
      await this.#writing;
      await this.#opened?.handle.close();
    };
    await withDeadline(
      CLOSE_MS,
      undefined,
      end,
      () => new Error('The audit file does not take its last lines.'),
    );
  }

  /** Writes what waits, in its order. Never rejects: each record is told for itself. */
  async #writeAll(): Promise<void> {
    for (let batch = this.#take(MAX_BATCH); batch.length > 0; batch = this.#take(MAX_BATCH)) {
      try {
        await this.#append(batch.map(({ line }) => line));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        await this.#giveUp();
        for (const { reject } of [...batch, ...this.#take(MAX_WAITING)]) reject(error);
      }
    }
    this.#writing = undefined;
  }

  #take(count: number): readonly Waiting[] {
    const taken = this.#waiting.splice(0, count);
    for (const { line } of taken) this.#characters -= line.length;
    return taken;
  }

  async #append(lines: readonly string[]): Promise<void> {
    const file = await this.#current();
    const chain = this.#chain;
    if (chain === undefined) throw new Error('There is no chain.');
    const text = Buffer.from(this.#lead + lines.map((line) => `${chain.seal(line)}\n`).join(''));
    for (let written = 0; written < text.length;) {
      written += (await file.handle.write(text, written)).bytesWritten;
    }
    this.#lead = '';
    if (file.size !== undefined) file.size += BigInt(text.length);
  }

  /** The file that has the name now. */
  async #current(): Promise<OpenedFile> {
    const opened = this.#opened;
    if (opened === undefined) return this.open();
    if (opened.size === undefined) return opened;
    const now = await statOf(this.#path);
    if (now?.ino === opened.ino && now.dev === opened.dev) {
      if (now.size > opened.size && !this.#hasWarned) {
        this.#hasWarned = true;
        this.#options.warn?.(
          `WARNING: something else writes to the audit file ${JSON.stringify(this.#path)}. Each process needs a file of its own.`,
        );
      }
      opened.size = now.size;
      return opened;
    }
    if (this.head !== undefined) this.#options.onHead?.(this.head);
    this.#opened = undefined;
    await opened.handle.close();
    return this.open();
  }

  /** What is in the file now is not known; a later chain begins with what is read there. */
  async #giveUp(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    this.#chain = undefined;
    this.#lead = '';
    this.#openAfterMs = performance.now() + RETRY_MS;
    await opened?.handle.close().catch(() => undefined);
  }
}

type ReadableHandle = FileHandle & { readonly canRead: boolean };

/** Opens a file to append to, and to read where that is allowed. */
async function openToAppend(path: string): Promise<ReadableHandle> {
  const mode = 0o600;
  try {
    return Object.assign(await open(path, 'a+', mode), { canRead: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    return Object.assign(await open(path, 'a', mode), { canRead: false });
  }
}

async function statOf(path: string) {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
