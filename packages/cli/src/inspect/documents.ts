import { createReadStream } from 'node:fs';
import { ConfigurationError } from '@waxseal/core';
import { parseJson } from '@waxseal/core/internal';
import { filesIn } from '../scan/named-files';

/** A document that a file holds. */
export interface Document {
  /** The file, and the line where each is a document. */
  readonly name: string;
  readonly content: { readonly json: unknown } | { readonly base64: Buffer };
  /** Whether it is one of several lines. */
  readonly isLine: boolean;
}

const LINES = /\.(?:ndjson|jsonl)$/i;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/** Of a line where each is a document, else of a file. As many as Temporal's own clients take at once. */
const MOST_BYTES = 128 * 1024 * 1024;
const IN_WORDS = '128 MiB';

/**
 * The documents that files hold: JSON, one on each line or one in a file, or the base64 of a payload's data.
 * Lines are read one after the other. Of a folder, all files that are called `*.json`, `*.ndjson` or
 * `*.jsonl`, in its folders too; links to folders are not followed.
 *
 * @param files `-` is standard input
 * @throws ConfigurationError when one cannot be read, is neither, or is too large
 */
export async function* documentsIn(files: readonly string[]): AsyncIterable<Document> {
  for (const file of files) {
    for await (const each of filesIn(file, () => undefined)) yield* documentsInFile(each);
  }
}

async function* documentsInFile(file: string): AsyncIterable<Document> {
  const lines = linesOf(file);
  const first = await nextLine(lines);
  if (first === undefined) return;
  const json = LINES.test(file) ? parseLine(file, first) : jsonOf(first.text);
  if (json === undefined) {
    let text = first.text;
    for await (const line of lines) {
      if (text.length + line.text.length > MOST_BYTES) throw tooLarge(file);
      text += `\n${line.text}`;
    }
    yield { name: file, content: contentOf(text.trim(), file), isLine: false };
    return;
  }
  let second = await nextLine(lines);
  if (second === undefined) {
    yield { name: file, content: { json }, isLine: false };
    return;
  }
  yield { name: `${file}, line ${String(first.number)}`, content: { json }, isLine: true };
  for (; second !== undefined; second = await nextLine(lines)) {
    const name = `${file}, line ${String(second.number)}`;
    yield { name, content: { json: parseLine(file, second) }, isLine: true };
  }
}

interface Line {
  readonly text: string;
  readonly number: number;
}

/** The next line that is not empty. */
async function nextLine(lines: AsyncGenerator<Line, undefined>): Promise<Line | undefined> {
  for (;;) {
    const next = await lines.next();
    if (next.done === true) return undefined;
    if (next.value.text.trim() !== '') return next.value;
  }
}

/** An object or array that a line is by itself. */
function jsonOf(line: string): unknown {
  if (!/^\uFEFF?\s*[[{]/.test(line)) return undefined;
  try {
    return JSON.parse(line.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

function parseLine(file: string, { text, number }: Line): unknown {
  return parseJson(
    text,
    () =>
      new ConfigurationError(`${file}, line ${String(number)} is not valid JSON, and the lines before are.`),
  );
}

function contentOf(text: string, file: string): Document['content'] {
  const json = /^\uFEFF?[[{"]/.test(text) ? parseJson(text, (where) => notJson(file, where)) : text;
  if (typeof json !== 'string') return { json };
  const base64 = json.replace(/\s+/g, '');
  if (BASE64.test(base64)) return { base64: Buffer.from(base64, 'base64') };
  throw new ConfigurationError(
    `No payload was found. ${file === '-' ? 'Standard input' : file} is neither JSON nor the base64 of a payload's data.`,
  );
}

function notJson(file: string, where: string): Error {
  const input = file === '-' ? 'The input' : file;
  return new ConfigurationError(
    `${input} is not valid JSON: see ${where}. Give a payload in JSON, or the base64 of its data.`,
  );
}

const LINE_FEED = 0x0a;

async function* linesOf(file: string): AsyncGenerator<Line, undefined> {
  let parts: Buffer[] = [];
  let bytes = 0;
  let number = 0;
  const take = (): Line => {
    const text = Buffer.concat(parts).toString('utf8');
    parts = [];
    bytes = 0;
    return { text, number: ++number };
  };
  const source = file === '-' ? process.stdin : createReadStream(file);
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      let start = 0;
      for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
        parts.push(chunk.subarray(start, end));
        yield take();
        start = end + 1;
      }
      parts.push(chunk.subarray(start));
      bytes += chunk.length - start;
      if (bytes > MOST_BYTES) throw tooLarge(file);
    }
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new ConfigurationError(`${file} cannot be read (${code}). Name a file, or - for standard input.`, {
      cause,
    });
  }
  if (bytes > 0) yield take();
  return undefined;
}

function tooLarge(file: string): Error {
  return new ConfigurationError(
    `${file} holds more than ${IN_WORDS} at once. Write a document on each line, or give parts of it.`,
  );
}
