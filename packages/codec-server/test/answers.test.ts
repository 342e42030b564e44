/**
 * What the server answers, but for the order of headers: each request of a table, sent over a connection and
 * given as a `Request`, with what it then records and reports, beside what was recorded when a framework
 * answered. `WAXSEAL_RECORD_ANSWERS=1` records anew what has changed on purpose.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  createCodecServer,
  listen,
  type AuditRecord,
  type CodecServer,
  type ListeningCodecServer,
} from '../src';
import { SERVERS, TABLE, type TableRequest } from './support/answer-table';
import { raw } from './support/raw';

const FILE = join(__dirname, 'answers.json');
const isRecording = process.env['WAXSEAL_RECORD_ANSWERS'] === '1';

type Told = Readonly<Record<string, unknown>>;

interface Recorded {
  readonly head: readonly string[];
  readonly body: string;
  readonly told: readonly Told[];
}

type Answers = Record<string, { socket: Recorded; request?: Recorded }>;

const known = isRecording ? {} : (JSON.parse(readFileSync(FILE, 'utf8')) as Answers);
const recorded: Answers = {};

interface Place {
  readonly told: Told[];
  readonly server: CodecServer;
  readonly listening: ListeningCodecServer;
}

/** Of each a server for connections and one for requests, so that limits count each by itself. */
const places = new Map<string, Place>();

async function open(options: (typeof SERVERS)[string]): Promise<Place> {
  const told: Told[] = [];
  const record = ({ time: _time, ...facts }: AuditRecord): void => {
    told.push({ audit: facts });
  };
  const server = createCodecServer({
    audit: record,
    ...options,
    onError: (_error, failed) => told.push({ error: failed }),
    telemetry: {
      requestBegan: () => told.push({ began: true }),
      requestAnswered: ({ durationMs: _ms, ...answered }) => told.push({ answered }),
    },
  });
  return { told, server, listening: await listen(server, { port: 0 }) };
}

beforeAll(async () => {
  for (const [name, options] of Object.entries(SERVERS)) {
    places.set(`${name} socket`, await open(options));
    places.set(`${name} request`, await open(options));
  }
});

afterAll(async () => {
  await Promise.all([...places.values()].map(({ listening }) => listening.close()));
  const rows = Object.entries(recorded).map(
    ([name, row]) => `${JSON.stringify(name)}: ${JSON.stringify(row)}`,
  );
  if (isRecording) writeFileSync(FILE, `{\n${rows.join(',\n')}\n}\n`);
});

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** Of the page and the OpenAPI document, which have tests of their own. */
const LONG = 2_000;

function settled(text: string): string {
  return text.replace(UUID, '<uuid>').replace(/sha256-[^']+/g, 'sha256-<hash>');
}

function settledHead(lines: readonly string[], isLong: boolean): string[] {
  return lines
    .filter((line) => !/^date:/i.test(line) && !(isLong && /^content-length:/i.test(line)))
    .map((line) => settled(line.replace(/^[^:]+:/, (name) => name.toLowerCase())))
    .sort();
}

/** The head of an answer that is not the first. */
function sortedHead(head: string): string {
  const [status = '', ...lines] = head
    .replace(/date: .*/i, 'date: <date>')
    .trimEnd()
    .split('\r\n');
  return `${[status, ...lines.sort()].join('\r\n')}\r\n\r\n`;
}

function settledTold(told: readonly Told[]): Told[] {
  return JSON.parse(settled(JSON.stringify(told))) as Told[];
}

/** All that came back over a connection; of two answers the second is part of the first one's body. */
async function overSocket({ told, listening }: Place, request: TableRequest): Promise<Recorded> {
  told.length = 0;
  const lines = Object.entries({ Host: '127.0.0.1:8081', ...request.headers, Connection: 'close' });
  const { method, path, body } = request;
  if (body !== undefined) lines.push(['Content-Length', String(Buffer.byteLength(body))]);
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const bytes = request.raw ?? `${method} ${path} HTTP/1.1\r\n${head}\r\n${body ?? ''}`;
  const { text, isClosed } = await raw(listening.url, bytes);
  expect(isClosed).toBe(true);
  const end = text.indexOf('\r\n\r\n');
  const content = text.slice(end + 4);
  const isLong = content.length > LONG || request.headers?.['Accept'] !== undefined;
  const [status = '', ...headers] = text.slice(0, end).split('\r\n');
  return {
    head: [status, ...settledHead(headers, isLong)],
    body: isLong ? 'long' : settled(content).replace(/HTTP\/1\.1 [^]*?\r\n\r\n/g, sortedHead),
    told: settledTold(told),
  };
}

async function asRequest({ told, server }: Place, request: TableRequest): Promise<Recorded> {
  told.length = 0;
  const response = await server.fetch(
    new Request(`https://127.0.0.1:8081${request.path}`, {
      method: request.method,
      headers: request.headers ?? {},
      ...(request.body === undefined ? {} : { body: request.body }),
    }),
    { remoteAddress: '127.0.0.1' },
  );
  const text = await response.text();
  const isLong = text.length > LONG;
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`);
  return {
    head: [String(response.status), ...settledHead(headers, isLong)],
    body: isLong ? 'long' : settled(text),
    told: settledTold(told),
  };
}

function placeOf(name: string): Place {
  const place = places.get(name);
  if (place === undefined) throw new Error(`No server ${name}.`);
  return place;
}

it.each(Object.entries(TABLE))('%s', async (name, request) => {
  const answers = {
    socket: await overSocket(placeOf(`${request.server} socket`), request),
    ...(request.raw === undefined && {
      request: await asRequest(placeOf(`${request.server} request`), request),
    }),
  };
  recorded[name] = answers;
  if (!isRecording) expect(answers).toEqual(known[name]);
});
