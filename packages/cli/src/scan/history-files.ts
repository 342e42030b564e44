import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ConfigurationError } from '@waxseal/core';
import { parseJson } from '@waxseal/core/internal';
import { readInput } from '../read-payloads';
import { historyOfJson } from './history-json';
import type { TypedMessage } from './messages';

/** A history that a file holds. */
export interface HistoryInFile {
  /** The file, and the line where it holds several. */
  readonly name: string;
  readonly messages: readonly TypedMessage[];
}

const HISTORY_FILE = /\.(?:json|ndjson|jsonl)$/i;
const LINES_FILE = /\.(?:ndjson|jsonl)$/i;

/**
 * The histories that files hold: one in JSON; several in an array, or one on each line; an event on each line
 * (together they are one). Of a folder, all files that are called `*.json`, `*.ndjson` or `*.jsonl`, in its
 * folders too.
 *
 * @param files `-` is standard input; none at all is too
 * @param notLooked is called where a part was not looked at
 * @throws ConfigurationError when one cannot be read, or is no history
 */
export async function* historiesInFiles(
  files: readonly string[],
  notLooked: (why: string) => void,
): AsyncIterable<HistoryInFile> {
  for (const file of files.length === 0 ? ['-'] : files) {
    for await (const each of filesIn(file)) {
      if (LINES_FILE.test(each)) yield* historiesInLines(each, linesOf(each), notLooked);
      else yield* historiesInText(await readInput(each), each, notLooked);
    }
  }
}

async function* filesIn(path: string): AsyncIterable<string> {
  if (path === '-' || !(await isFolder(path))) {
    yield path;
    return;
  }
  const entries = await readdir(path, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory()) yield* filesIn(join(path, entry.name));
    else if (HISTORY_FILE.test(entry.name)) yield join(path, entry.name);
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // Reading it tells why it cannot be.
    return false;
  }
}

async function* historiesInText(
  text: string,
  file: string,
  notLooked: (why: string) => void,
): AsyncIterable<HistoryInFile> {
  if (isSeveralLines(text)) {
    yield* historiesInLines(file, text.split('\n'), notLooked);
    return;
  }
  const wrong = (where: string): Error => new ConfigurationError(`${file} is not valid JSON: see ${where}.`);
  const json = parseJson(text, wrong);
  for (const [index, each] of (Array.isArray(json) ? json : [json]).entries()) {
    const name = Array.isArray(json) ? `${file}, history ${String(index + 1)}` : file;
    yield { name, messages: [historyOfJson(unwrapped(each), name, notLooked)] };
  }
}

/** Whether the first line is JSON by itself, and there is another. */
function isSeveralLines(text: string): boolean {
  const end = text.indexOf('\n');
  if (end < 0 || text.slice(end).trim() === '') return false;
  try {
    JSON.parse(text.slice(0, end));
    return true;
  } catch {
    return false;
  }
}

async function* linesOf(file: string): AsyncIterable<string> {
  const input = createReadStream(file);
  try {
    yield* createInterface({ input, crlfDelay: Infinity });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new ConfigurationError(`${file} cannot be read (${code}).`, { cause });
  } finally {
    input.destroy();
  }
}

async function* historiesInLines(
  file: string,
  lines: AsyncIterable<string> | Iterable<string>,
  notLooked: (why: string) => void,
): AsyncIterable<HistoryInFile> {
  let number = 0;
  const events: TypedMessage[] = [];
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    const name = `${file}, line ${String(number)}`;
    const json = unwrapped(parseJson(line, () => new ConfigurationError(`${name} is not valid JSON.`)));
    if (isEvent(json)) events.push(historyOfJson({ events: [json] }, name, notLooked));
    else yield { name, messages: [historyOfJson(json, name, notLooked)] };
  }
  if (events.length > 0) yield { name: file, messages: events };
}

/** Answers of Temporal have the history in a field. */
function unwrapped(json: unknown): unknown {
  if (typeof json !== 'object' || json === null || 'events' in json || !('history' in json)) return json;
  return json.history;
}

function isEvent(json: unknown): boolean {
  return typeof json === 'object' && json !== null && ('eventId' in json || 'event_id' in json);
}
