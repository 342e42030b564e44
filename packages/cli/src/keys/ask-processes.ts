import { parseJson } from '@waxseal/core/internal';
import { printable } from '../printable';
import { getText, type GetOptions } from '../get-text';
import { holdingsOf, KEY_METRIC, keySamplesOfQuery, parseKeySamples, type KeySample } from './key-metric';
import type { Holding, ProcessReport } from './rotation';

/** Which processes are asked, and how. */
export interface AskedProcesses {
  readonly codecServers: readonly URL[];
  /** Where workers, and other processes with `@waxseal/opentelemetry`, show their metrics. */
  readonly workerMetrics: readonly URL[];
  readonly prometheus: URL | undefined;
  /** Matchers of labels, such as `job="orders"`. */
  readonly prometheusMatch: string | undefined;
  readonly get: GetOptions;
}

const AT_ONCE = 16;

/**
 * Asks each process what it has two keys for. Never rejects: one that does not answer is `unknown`.
 *
 * @param previousId undefined where there is no old key
 */
export async function askProcesses(
  { codecServers, workerMetrics, prometheus, prometheusMatch, get }: AskedProcesses,
  nextId: string,
  previousId: string | undefined,
): Promise<readonly ProcessReport[]> {
  const asks = [
    ...distinct(codecServers).map((url) => () => askCodecServer(url, nextId, previousId, get)),
    ...distinct(workerMetrics).map((url) => () => askMetrics(url, nextId, previousId, get)),
    ...(prometheus === undefined
      ? []
      : [() => askPrometheus(prometheus, prometheusMatch, nextId, previousId, get)]),
  ];
  const reports: ProcessReport[] = [];
  for (let from = 0; from < asks.length; from += AT_ONCE) {
    const some = asks.slice(from, from + AT_ONCE);
    reports.push(...(await Promise.all(some.map((ask) => ask()))).flat());
  }
  return reports;
}

function distinct(urls: readonly URL[]): readonly URL[] {
  return [...new Map(urls.map((url) => [url.href, url])).values()];
}

/** What a Codec Server answers to `/readyz?key=`, by status and text: an older one answers 200 to any key. */
const ANSWERS: readonly (readonly [status: number, text: RegExp, Holding, because?: string])[] = [
  [200, /^this key is configured here and can be used\n$/, 'held'],
  [404, /^no key of that ID is configured here\n$/, 'absent'],
  [
    503,
    /^the key is configured here, and its service (refuses|does not answer)\n$/,
    'unknown',
    'it has the key, and the key service ',
  ],
  [404, /^(this server does not tell of single keys)\n$/, 'unknown', ''],
  [503, /^(draining)\n$/, 'unknown', 'it is '],
  [200, /^ready\n$/, 'unknown', 'it is of a version that does not tell of single keys'],
];

async function askCodecServer(
  url: URL,
  nextId: string,
  previousId: string | undefined,
  get: GetOptions,
): Promise<readonly ProcessReport[]> {
  const ask = async (keyId: string): Promise<{ readonly holding: Holding; readonly because?: string }> => {
    const readyz = new URL(url);
    readyz.pathname = `${url.pathname.replace(/\/(?:readyz)?$/, '')}/readyz`;
    readyz.searchParams.set('key', keyId);
    const answer = await getText(readyz, get);
    if (typeof answer === 'string') return { holding: 'unknown', because: answer };
    for (const [status, pattern, holding, because] of ANSWERS) {
      const match = answer.status === status ? pattern.exec(answer.text) : null;
      if (match !== null)
        return { holding, ...(because === undefined ? {} : { because: because + (match[1] ?? '') }) };
    }
    return {
      holding: 'unknown',
      because: `it answers ${String(answer.status)}, and not as a Codec Server does`,
    };
  };
  const [next, previous] = await Promise.all([
    ask(nextId),
    previousId === undefined ? undefined : ask(previousId),
  ]);
  const because = next.because ?? previous?.because;
  return [
    {
      kind: 'codec-server',
      name: url.href,
      next: next.holding,
      previous: previous?.holding,
      ...(because === undefined ? {} : { because }),
    },
  ];
}

async function askMetrics(
  url: URL,
  nextId: string,
  previousId: string | undefined,
  get: GetOptions,
): Promise<readonly ProcessReport[]> {
  const answer = await getText(url, get);
  if (typeof answer === 'string') return [silent(url, previousId, answer)];
  if (answer.status !== 200) return [silent(url, previousId, `it answers ${String(answer.status)}`)];
  const samples = parseKeySamples(answer.text);
  if (samples.length === 0) return [silent(url, previousId, `it shows no ${KEY_METRIC}`)];
  return reportsOf(samples, url.href, nextId, previousId);
}

async function askPrometheus(
  base: URL,
  match: string | undefined,
  nextId: string,
  previousId: string | undefined,
  get: GetOptions,
): Promise<readonly ProcessReport[]> {
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/$/, '')}/api/v1/query`;
  url.searchParams.set('query', match === undefined ? KEY_METRIC : `${KEY_METRIC}{${match}}`);
  const answer = await getText(url, get);
  if (typeof answer === 'string') return [silent(base, previousId, answer)];
  if (answer.status !== 200) return [silent(base, previousId, `it answers ${String(answer.status)}`)];
  const samples = samplesOf(answer.text);
  if (samples === undefined) return [silent(base, previousId, 'it does not answer as Prometheus does')];
  const isTold = samples.every(({ process }) => process['instance'] !== undefined);
  if (!isTold)
    return [silent(base, previousId, 'its series have no label "instance", which tells processes apart')];
  // None is no process: how many there are must be said.
  return reportsOf(samples, base.href, nextId, previousId);
}

function samplesOf(text: string): readonly KeySample[] | undefined {
  try {
    return keySamplesOfQuery(parseJson(text, () => new Error()));
  } catch {
    return undefined;
  }
}

function reportsOf(
  samples: readonly KeySample[],
  href: string,
  nextId: string,
  previousId: string | undefined,
): readonly ProcessReport[] {
  const all = holdingsOf(samples, nextId, previousId);
  return all.map(({ process, ...holdings }) => ({
    kind: 'worker',
    name: all.length === 1 && process['instance'] === undefined ? href : `${href} ${labelsOf(process)}`,
    ...holdings,
  }));
}

function labelsOf(process: Readonly<Record<string, string>>): string {
  const telling = Object.entries(process).filter(([name]) => !name.startsWith('otel_scope_'));
  return `{${telling.map(([name, value]) => `${name}=${printable(value)}`).join(', ')}}`;
}

function silent(url: URL, previousId: string | undefined, because: string): ProcessReport {
  const previous = previousId === undefined ? undefined : ('unknown' as const);
  return { kind: 'worker', name: url.href, next: 'unknown', previous, because };
}
