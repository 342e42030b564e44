import { constants } from 'node:fs';
import { open, opendir, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type AuditHead, parseAuditLine } from '@waxseal/codec-server';
import { ConfigurationError } from '@waxseal/core';
import type { Output } from '../output';

/** Longest line that is looked at: several times what a record can have. */
export const MAX_LINE_BYTES = 1024 * 1024;

/** What stands at the end of an audit file. */
export interface FileEnd {
  /** The last line that is in a chain; undefined where the end of the file has none. */
  readonly head: AuditHead | undefined;
  /**
   * What stands behind the last line feed, which is a line that was cut off; empty where there is nothing.
   */
  readonly cutOff: Buffer;
}

/** How a head is written down: to be kept elsewhere, and given to `waxseal audit verify --expect-head`. */
export function formatHead({ id, seq, hash }: AuditHead): string {
  return `${id}:${String(seq)}:${hash}`;
}

/** @returns undefined where a text is no head */
export function parseHead(text: string): AuditHead | undefined {
  const [, id, seq, hash] = /^([0-9a-f]{16}):([1-9][0-9]{0,14}):([0-9a-f]{64})$/.exec(text.trim()) ?? [];
  return id === undefined || hash === undefined ? undefined : { id, seq: Number(seq), hash };
}

/** The end of a file, of which no more than a line or two are read. */
export async function readFileEnd(file: FileHandle): Promise<FileEnd> {
  const { size } = await file.stat();
  const length = Math.min(size, 2 * MAX_LINE_BYTES);
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, size - length);
  const text = bytes.subarray(0, bytesRead);
  let end = text.lastIndexOf('\n');
  const cutOff = text.subarray(end + 1);
  while (end >= 0) {
    const start = end === 0 ? -1 : text.lastIndexOf('\n', end - 1);
    const line = parseAuditLine(text.subarray(start + 1, end));
    if (line !== undefined) return { head: { id: line.id, seq: line.seq, hash: line.hash }, cutOff };
    end = start;
  }
  return { head: undefined, cutOff };
}

/**
 * The end of a file by its name.
 *
 * @throws what the system says, as where there is no such file
 */
export async function endOfFile(path: string): Promise<FileEnd> {
  // A pipe would be waited for.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) return { head: undefined, cutOff: Buffer.alloc(0) };
    return await readFileEnd(file);
  } finally {
    await file.close();
  }
}

/**
 * Prints the head of a file.
 *
 * @throws ConfigurationError when the file cannot be read, or no line at its end is in a chain
 */
export async function printHead(path: string, isJson: boolean, { line }: Output): Promise<void> {
  const { head } = await endOfFile(path).catch((cause: unknown) => {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new ConfigurationError(`${path} cannot be read (${code}). Name an audit file.`, { cause });
  });
  if (head === undefined) throw new ConfigurationError(`At the end of ${path} no line is in a chain.`);
  line(isJson ? JSON.stringify({ head: formatHead(head) }) : formatHead(head));
}

const MAX_ENTRIES = 10_000;
const MAX_TRIED = 10;

/**
 * The end of the file that was rotated away last: `audit.jsonl.1` or `audit.jsonl-20260301`, as logrotate
 * names them, and none that is compressed.
 *
 * @returns undefined where there is none, or it cannot be read
 */
export async function endBeforeRotation(path: string): Promise<FileEnd | undefined> {
  try {
    for (const file of await rotatedFiles(path)) {
      const end = await endOfFile(file);
      if (end.head !== undefined) return end;
    }
  } catch {
    // The chain then begins without naming one, which "waxseal audit verify" reports.
  }
  return undefined;
}

/** The newest first. */
async function rotatedFiles(path: string): Promise<readonly string[]> {
  const found: { readonly file: string; readonly mtimeMs: number }[] = [];
  let entries = 0;
  for await (const { name } of await opendir(dirname(path))) {
    entries += 1;
    if (entries > MAX_ENTRIES) break;
    const rest = name.startsWith(basename(path)) ? name.slice(basename(path).length) : '';
    if (!/^[.-]/.test(rest) || rest.endsWith('.gz')) continue;
    const file = join(dirname(path), name);
    const status = await stat(file);
    if (status.isFile()) found.push({ file, mtimeMs: status.mtimeMs });
  }
  return found
    .sort((one, other) => other.mtimeMs - one.mtimeMs)
    .slice(0, MAX_TRIED)
    .map(({ file }) => file);
}
