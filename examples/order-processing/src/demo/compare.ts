import { decodeOverHttp } from './decode-over-http';
import type { StoredValue } from './stored-values';
import { table } from './table';

/** What {@link compare} gives. */
export interface Comparison {
  /** For the terminal, 100 columns wide. */
  readonly text: string;
  /** One sentence for each value that was not encrypted, or did not decode to what it should. */
  readonly problems: readonly string[];
}

const columns = [
  { title: '', width: 23 },
  { title: 'what Temporal stored', width: 34 },
  { title: 'what the Codec Server decodes it to', width: 39 },
];

/**
 * Puts what Temporal stored beside what the Codec Server decodes it to.
 *
 * @param wanted - how all of it should lie there
 */
export async function compare(
  values: readonly StoredValue[],
  codecUrl: string,
  namespace: string,
  wanted: 'binary/envelope' | 'binary/uuid-sub',
): Promise<Comparison> {
  const problems = values
    .filter(({ payload }) => payload === undefined)
    .map(({ name }) => `There is no ${name}.`);
  const there = values.flatMap(({ payload, ...value }) =>
    payload === undefined ? [] : [{ ...value, payload }],
  );
  const payloads = there.map(({ payload }) => payload);
  const decoded = await decodeOverHttp(codecUrl, namespace, payloads);
  const rows = there.map(({ name, payload, expected }, index) => {
    const encoding = metadata(payload.metadata?.['encoding']);
    const text = decoded[index] ?? '';
    if (encoding !== wanted) {
      problems.push(`The ${name} lies on the server as ${encoding}.`);
    }
    if (!text.includes(expected)) {
      problems.push(`The ${name} did not decode to what was sent.`);
    }
    const data = Buffer.from(payload.data ?? []);
    const facts = [
      `${encoding}, ${String(data.length)} bytes`,
      ...(wanted === 'binary/uuid-sub'
        ? [data.toString('hex')]
        : [
            `key ${metadata(payload.metadata?.['encryption-key-id'])}`,
            `${data.subarray(0, 21).toString('base64')}…`,
          ]),
    ];
    return [name, facts.join('\n'), text];
  });
  return { text: table(columns, rows, 3), problems };
}

function metadata(value: Uint8Array | undefined): string {
  return value === undefined ? '(none)' : Buffer.from(value).toString('utf8');
}
