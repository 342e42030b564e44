import { AskError } from './ask';

/** How much is sent in one request. */
interface BatchLimits {
  readonly most: number;
  /** Characters of base64 together; one that has more is sent alone. */
  readonly mostCharacters: number;
}

/** Below the limits of a server whose limits nobody has changed. */
export const LIMITS: BatchLimits = { most: 200, mostCharacters: 1024 * 1024 };

/** What is asked for in batches. */
export interface Work<Item, Answer> {
  readonly items: readonly Item[];
  /** Characters that an item takes in a request. */
  readonly charactersOf: (item: Item) => number;
  /** Asks for some, and gives an answer for each. */
  readonly ask: (items: readonly Item[]) => Promise<readonly Answer[]>;
  readonly onAnswer: (item: Item, answer: Answer) => void;
  /** One that cannot be had, while others can. */
  readonly onFailure: (item: Item, error: AskError) => void;
  readonly wait: (ms: number) => Promise<void>;
}

/** After so many that cannot be had, the rest is left: somebody has to look first. */
export const MOST_FAILURES = 50;
/** How often a request waits as the server tells it to, one after the other. */
const MOST_WAITS = 3;
const LONGEST_WAIT_MS = 30_000;

/**
 * Asks for everything, one request after the other. A batch that fails for what is in it is halved until what
 * fails stands alone.
 *
 * @returns how many were left, because {@link MOST_FAILURES} could not be had
 * @throws AskError where the server refuses whatever is in it, or does not answer; what `ask` throws else
 */
export async function askInBatches<Item, Answer>(
  { items, charactersOf, ask, onAnswer, onFailure, wait }: Work<Item, Answer>,
  limits = LIMITS,
): Promise<number> {
  const open = batchesOf(items, charactersOf, limits).reverse();
  let failures = 0;
  let waits = 0;
  for (let batch = open.pop(); batch !== undefined; batch = open.pop()) {
    try {
      const answers = await ask(batch);
      batch.forEach((item, index) => {
        onAnswer(item, answers[index] as Answer);
      });
      waits = 0;
    } catch (error) {
      if (!(error instanceof AskError)) throw error;
      const { retryAfterMs = Infinity } = error;
      if (retryAfterMs <= LONGEST_WAIT_MS && waits < MOST_WAITS) {
        waits++;
        await wait(retryAfterMs);
        open.push(batch);
        continue;
      }
      if (!isAboutPayloads(error)) throw error;
      waits = 0;
      const [first] = batch;
      if (batch.length > 1 || first === undefined) {
        const half = Math.ceil(batch.length / 2);
        open.push(batch.slice(half), batch.slice(0, half));
        continue;
      }
      onFailure(first, error);
      failures++;
      if (failures >= MOST_FAILURES) return open.reduce((sum, { length }) => sum + length, 0);
    }
  }
  return 0;
}

const OWN_CODES: ReadonlySet<string> = new Set([
  'MALFORMED_REQUEST',
  'BODY_TOO_LARGE',
  'DEADLINE_EXCEEDED',
  'INTERNAL',
  'MALFORMED_REFERENCE',
  'REFERENCE_NOT_ALLOWED',
  'UNKNOWN_STORAGE',
  'STORAGE_FAILED',
]);

/** Whether another payload might have been answered. */
function isAboutPayloads({ code }: AskError): boolean {
  return (code.startsWith('WAXSEAL_') && code !== 'WAXSEAL_CODEC_CLOSED') || OWN_CODES.has(code);
}

function batchesOf<Item>(
  items: readonly Item[],
  charactersOf: (item: Item) => number,
  { most, mostCharacters }: BatchLimits,
): Item[][] {
  const batches: Item[][] = [];
  let characters = Infinity;
  for (const item of items) {
    const own = charactersOf(item);
    const last = batches.at(-1);
    if (last === undefined || last.length >= most || characters + own > mostCharacters) {
      batches.push([item]);
      characters = own;
    } else {
      last.push(item);
      characters += own;
    }
  }
  return batches;
}

/** Waits, unless it is ended. @throws the reason of the signal */
export function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}
