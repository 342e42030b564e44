import { isDeepStrictEqual } from 'node:util';
import { decodeHere } from './here';
import { MUTATIONS } from './mutations';
import type { PythonImplementation } from './python';
import { Random } from './random';
import type { Outcome, Question } from './vector';
import { allVectors } from './vector';

/** A question to which two implementations give different answers. */
export interface Disagreement {
  /** Gives the same question again, with the seed. */
  readonly number: number;
  readonly mutation: string;
  readonly vector: string;
  readonly question: Question;
  readonly here: Outcome;
  readonly python: Outcome;
}

/** What a run found. */
export interface Comparison {
  readonly questions: number;
  readonly disagreements: readonly Disagreement[];
  /** How often each code came, and `opened`. */
  readonly outcomes: ReadonlyMap<string, number>;
}

/** As many questions are under way at once. */
const AT_ONCE = 64;

/**
 * Asks both implementations the same questions: vectors with changes.
 *
 * @param seed makes the same questions each time
 */
export async function compare(
  python: PythonImplementation,
  count: number,
  seed: string,
): Promise<Comparison> {
  const vectors = allVectors();
  const disagreements: Disagreement[] = [];
  const outcomes = new Map<string, number>();
  let next = 0;
  const work = async (): Promise<void> => {
    for (let number = next++; number < count; number = next++) {
      const random = new Random(`${seed} ${String(number)}`);
      const vector = random.pick(vectors);
      const mutation = random.pick(MUTATIONS);
      const { keys, reader, outer } = mutation.apply(vector, random, vectors);
      const question = { keys, reader, outer };
      const [here, there] = await Promise.all([decodeHere(question), python.decode(question)]);
      const name = 'code' in here ? here.code : 'opened';
      outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
      if (!isSame(here, there)) {
        disagreements.push({
          number,
          mutation: mutation.name,
          vector: vector.name,
          question,
          here,
          python: there,
        });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { questions: count, disagreements, outcomes };
}

/** A redacted part of a failure may be handed on as it is, or as something readable (§2.1). */
function isSame(here: Outcome, python: Outcome): boolean {
  if (isDeepStrictEqual(here, python)) return true;
  const isRedaction = 'inner' in python && python.inner.metadata['encoding'] === REDACTED;
  return isRedaction && 'inner' in here && here.inner.metadata['encoding'] === READABLE;
}

const REDACTED = Buffer.from('binary/waxseal-redacted').toString('base64');
const READABLE = Buffer.from('json/plain').toString('base64');
