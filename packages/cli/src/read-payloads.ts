import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { ConfigurationError } from '@waxseal/core';
import { parseJson } from '@waxseal/core/internal';

/** A payload as it was read. */
interface InputPayload {
  /** Undefined when the input was the base64 of the data alone. */
  readonly metadata: ReadonlyMap<string, Buffer> | undefined;
  readonly data: Buffer;
}

const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/**
 * The text of a file, or of standard input for `-`.
 *
 * @throws ConfigurationError when it cannot be read
 */
export async function readInput(file: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new ConfigurationError(`${file} cannot be read (${code}). Name a file, or - for standard input.`, {
      cause,
    });
  }
}

/**
 * Finds the payloads in a text: JSON that is or holds payloads, at any depth, or the base64 of one payload's
 * data.
 *
 * @throws ConfigurationError when there is none
 */
export function readPayloads(text: string): readonly InputPayload[] {
  const trimmed = text.trim();
  const payloads: InputPayload[] = [];
  if (/^[[{"]/.test(trimmed)) {
    collect(parseJson(trimmed, notJson), payloads);
  } else if (BASE64.test(trimmed.replace(/\s+/g, ''))) {
    payloads.push({ metadata: undefined, data: Buffer.from(trimmed, 'base64') });
  }
  if (payloads.length === 0) {
    throw new ConfigurationError(
      'No payload was found. Give a payload in JSON ({"metadata":{"encoding":"…"},"data":"…"}), JSON that holds payloads, or the base64 of the data.',
    );
  }
  return payloads;
}

function notJson(where: string): Error {
  return new ConfigurationError(
    `The input is not valid JSON: see ${where}. Give a payload in JSON, or the base64 of its data.`,
  );
}

function collect(root: unknown, into: InputPayload[]): void {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string' && value === root) {
      into.push(...readPayloads(value));
    } else if (isRecord(value)) {
      const payload = asPayload(value);
      if (payload !== undefined) into.push(payload);
      // Pushed in reverse, so that payloads come out in the order of the text.
      else open.push(...Object.values(value).reverse());
    }
  }
}

function asPayload({ metadata, data }: Readonly<Record<string, unknown>>): InputPayload | undefined {
  if (!isRecord(metadata) || typeof metadata['encoding'] !== 'string') return undefined;
  const entries = Object.entries(metadata).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return {
    metadata: new Map(entries.map(([key, value]) => [key, Buffer.from(value, 'base64')])),
    data: Buffer.from(typeof data === 'string' ? data : '', 'base64'),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
