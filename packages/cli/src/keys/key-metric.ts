import type { Holding } from './rotation';

/** The gauge of `@waxseal/opentelemetry`, as Prometheus names it. */
export const KEY_METRIC = 'waxseal_keyring_keys';
const KEY_ID = 'waxseal_key_id';
const KEY_ROLE = 'waxseal_key_role';

const MOST_LINES = 200_000;
/** Longer ones are not the gauge's: a key ID has 1,024 bytes at most. */
const LONGEST_LINE = 16_384;

/** One sample of the gauge. */
export interface KeySample {
  /** Labels without the key's, which tell processes apart. */
  readonly process: Readonly<Record<string, string>>;
  readonly keyId: string;
  readonly role: string;
  /** How many keyrings have the key in that role. */
  readonly keyrings: number;
}

/**
 * The samples of the gauge in the text format of Prometheus. What is malformed is left out, and so counts as
 * not told.
 *
 * @param text untrusted
 */
export function parseKeySamples(text: string): readonly KeySample[] {
  return text
    .split('\n', MOST_LINES)
    .filter((line) => line.startsWith(`${KEY_METRIC}{`) && line.length <= LONGEST_LINE)
    .flatMap((line) => {
      const labels = new Map<string, string>();
      LABEL.lastIndex = KEY_METRIC.length + 1;
      for (let match = LABEL.exec(line); match !== null; match = LABEL.exec(line)) {
        const [, name = '', value = '', end] = match;
        labels.set(name, unescaped(value));
        if (end === '}') return sampleOf(labels, line.slice(LABEL.lastIndex).trim().split(' ')[0]);
      }
      return [];
    });
}

const LABEL = /\s*([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,\s*(?=\})|(?=\})|,)(\})?/y;

function unescaped(value: string): string {
  return value.replace(/\\(.)/g, (whole, character: string) => {
    if (character === 'n') return '\n';
    return character === '"' || character === '\\' ? character : whole;
  });
}

/**
 * The samples of the gauge in the answer of a Prometheus server to an instant query.
 *
 * @param answer untrusted JSON, parsed
 * @returns `undefined` when it is no such answer
 */
export function keySamplesOfQuery(answer: unknown): readonly KeySample[] | undefined {
  const { status, data } = (answer ?? {}) as { readonly status?: unknown; readonly data?: unknown };
  const { resultType, result } = (data ?? {}) as { readonly resultType?: unknown; readonly result?: unknown };
  if (status !== 'success' || resultType !== 'vector' || !Array.isArray(result)) return undefined;
  return result.flatMap((entry: unknown) => {
    const { metric, value } = (entry ?? {}) as { readonly metric?: unknown; readonly value?: unknown };
    if (typeof metric !== 'object' || metric === null || !Array.isArray(value)) return [];
    const labels = Object.entries(metric).filter(
      (label): label is [string, string] => label[0] !== '__name__' && typeof label[1] === 'string',
    );
    return sampleOf(new Map(labels), value[1]);
  });
}

function sampleOf(labels: ReadonlyMap<string, string>, value: unknown): readonly KeySample[] {
  const [keyId, role] = [labels.get(KEY_ID), labels.get(KEY_ROLE)];
  const keyrings = typeof value === 'string' && /^\d{1,9}(?:\.0*)?$/.test(value) ? Number(value) : undefined;
  if (keyId === undefined || role === undefined || keyrings === undefined) return [];
  const process = Object.fromEntries(
    [...labels].filter(([name]) => name !== KEY_ID && name !== KEY_ROLE).sort(),
  );
  return [{ process, keyId, role, keyrings }];
}

/** What one process has the new key and the old one for. */
interface Holdings {
  readonly process: Readonly<Record<string, string>>;
  readonly next: Holding;
  readonly previous: Holding | undefined;
  readonly because?: string;
}

/**
 * What each process has two keys for. One with several keyrings has the new key only where it is in as many
 * of them as the old one.
 */
export function holdingsOf(
  samples: readonly KeySample[],
  nextId: string,
  previousId: string | undefined,
): readonly Holdings[] {
  const processes = new Map<string, KeySample[]>();
  for (const sample of samples) {
    const name = JSON.stringify(sample.process);
    const of = processes.get(name) ?? [];
    of.push(sample);
    processes.set(name, of);
  }
  return [...processes.values()].map((own): Holdings => {
    const process = own[0]?.process ?? {};
    const [next, previous] = [ofKey(own, nextId), ofKey(own, previousId)];
    const held = { process, previous: previousId === undefined ? undefined : previous.holding };
    if (next.keyrings >= previous.keyrings || next.keyrings === 0) return { ...held, next: next.holding };
    const because = `${String(next.keyrings)} of the ${String(previous.keyrings)} keyrings with the old key have the new one`;
    return { ...held, next: 'absent', because };
  });
}

/** The role that is nearest to wrapping, and how many keyrings have the key. */
function ofKey(
  samples: readonly KeySample[],
  keyId: string | undefined,
): { holding: Holding; keyrings: number } {
  const own = samples.filter((sample) => sample.keyId === keyId && sample.keyrings > 0);
  const keyrings = own.reduce((sum, sample) => sum + sample.keyrings, 0);
  if (keyrings === 0) return { holding: 'absent', keyrings };
  const role = (['primary', 'additional', 'decryptOnly'] as const).find((one) =>
    own.some((each) => each.role === one),
  );
  return { holding: role ?? 'held', keyrings };
}
