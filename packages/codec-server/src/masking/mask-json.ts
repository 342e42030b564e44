import { isPauseDue } from '@waxseal/core/internal';
import { Unmaskable } from './hidden-payload';
import { memberOf, readJson, type JsonDocument, type JsonMember, type JsonNode } from './json-document';
import { protoJsonName, type JsonPath } from './json-path';
import { removeOthers, lessVisible, unionOfOutcomes, type Outcome, type Outcomes } from './outcome';
import { selectNodes } from './select-nodes';
import type { MaskingBudget, Steps } from './steps';

/** Encodings that can be masked. */
export type MaskableEncoding = 'json/plain' | 'json/protobuf';

/** A policy with rules that has been checked. */
export interface CompiledMask {
  readonly rules: readonly { readonly path: JsonPath; readonly outcome: Outcome }[];
  /** Whether what no rule selects is taken away. */
  readonly hidesOthers: boolean;
  readonly hidesFailures: boolean;
}

/**
 * Masks a JSON text.
 *
 * @param masks policies of one person, at least one
 * @param budget what is done here is taken off
 * @throws Unmaskable
 */
export function* maskJson(
  text: string,
  encoding: MaskableEncoding,
  masks: readonly CompiledMask[],
  budget: MaskingBudget,
): Steps<string> {
  const nameOf = encoding === 'json/protobuf' ? protoJsonName : (name: string) => name;
  const document = yield* readJson(text, nameOf, budget);
  const outcomes = yield* selectForEach(document, encoding, masks, budget);
  const [only] = outcomes;
  // What lies in a value that is replaced is not looked at.
  const united =
    only !== undefined && outcomes.length === 1 ? only : yield* unionOfOutcomes(document.root, outcomes);
  return yield* replaceValues(document, united);
}

/** A policy that cannot be applied shows nothing, and takes nothing away from what others show. */
function* selectForEach(
  document: JsonDocument,
  encoding: MaskableEncoding,
  masks: readonly CompiledMask[],
  budget: MaskingBudget,
): Steps<Outcomes[]> {
  const selected: Outcomes[] = [];
  let refused: Unmaskable | undefined;
  for (const mask of masks) {
    try {
      selected.push(yield* selectOutcomes(document, encoding, mask, budget));
    } catch (error) {
      if (!(error instanceof Unmaskable)) throw error;
      refused = error;
    }
  }
  if (selected.length === 0) throw refused ?? new Unmaskable('failed');
  return selected;
}

/**
 * What the rules of one policy make of each value they select.
 *
 * @throws Unmaskable when a filter would compare numbers that JavaScript cannot hold, and when too many
 *   values are looked at
 */
function* selectOutcomes(
  { root, hasExactNumbers }: JsonDocument,
  encoding: MaskableEncoding,
  { rules, hidesOthers, hidesFailures }: CompiledMask,
  budget: MaskingBudget,
): Steps<Outcomes> {
  const outcomes = new Map<JsonNode, Outcome>();
  const add = (node: JsonNode, outcome: Outcome) => {
    const before = outcomes.get(node);
    outcomes.set(node, before === undefined ? outcome : lessVisible(before, outcome));
  };
  for (const { path, outcome } of rules) {
    if (path.hasFilters && !hasExactNumbers) throw new Unmaskable('ambiguous');
    const segments = encoding === 'json/protobuf' ? path.proto : path.exact;
    for (const node of yield* selectNodes(root, segments, budget)) {
      if (isPauseDue()) yield;
      add(node, outcome);
    }
  }
  if (hidesFailures && memberOf(root, 'stack_trace')) {
    for (const name of ['message', 'stack_trace']) {
      const node = memberOf(root, name);
      if (node) add(node, { kind: 'nothing' });
    }
  }
  if (!hidesOthers) return outcomes;
  budget.spend(root.size);
  return yield* removeOthers(root, outcomes);
}

/**
 * The JSON text with values replaced or removed. All other characters stay as they are, white space and the
 * form of numbers included.
 *
 * @param outcomes of values; of one that lies in another the outer one's counts
 * @throws Unmaskable when the whole document is to be removed
 */
function* replaceValues({ text, root }: JsonDocument, outcomes: Outcomes): Steps<string> {
  const replacing = new Replacing(text, outcomes);
  yield* replacing.visit(root);
  return replacing.end();
}

/** A text of which values are being replaced, from its start to its end. */
class Replacing {
  readonly #text: string;
  readonly #outcomes: Outcomes;
  readonly #pieces: string[] = [];
  #copied = 0;

  constructor(text: string, outcomes: Outcomes) {
    this.#text = text;
    this.#outcomes = outcomes;
  }

  *visit(node: JsonNode): Steps<void> {
    if (isPauseDue()) yield;
    const outcome = this.#outcomes.get(node);
    if (outcome === undefined) yield* this.#visitMembers(node.members);
    else if (outcome.kind === 'remove') throw new Unmaskable('removed');
    else this.#replace(node.start, node.end, yield* maskValue(this.#text, node, outcome));
  }

  *#visitMembers(members: readonly JsonMember[]): Steps<void> {
    // A removed member takes the comma before it along, or the one after it as long as nothing was kept.
    let keptEnd: number | undefined;
    for (const [index, { start, node }] of members.entries()) {
      const outcome = this.#outcomes.get(node);
      if (outcome?.kind !== 'remove') {
        if (outcome !== undefined || node.members.length > 0) yield* this.visit(node);
        else if (isPauseDue()) yield;
        keptEnd = node.end;
      } else if (keptEnd === undefined) this.#replace(start, members[index + 1]?.start ?? node.end, '');
      else {
        this.#replace(keptEnd, node.end, '');
        keptEnd = node.end;
      }
    }
  }

  #replace(start: number, end: number, replacement: string): void {
    this.#pieces.push(this.#text.slice(this.#copied, start), replacement);
    this.#copied = end;
  }

  end(): string {
    return this.#pieces.join('') + this.#text.slice(this.#copied);
  }
}

const SIGNIFICANT = /[\p{L}\p{N}]/gu;
const CHARACTERS_AT_ONCE = 4_096;
const LOW_SURROGATE = /^[\udc00-\udfff]/;
const INTEGER = /^-?\d+$/;
const MASKED = '"[masked]"';

type Part = Extract<Outcome, { count: number }>;

/**
 * @param text the whole document
 * @returns the JSON text that stands for a value, with nothing in it of what the outcome does not show
 */
function* maskValue(
  text: string,
  node: JsonNode,
  outcome: Exclude<Outcome, { kind: 'remove' }>,
): Steps<string> {
  if (outcome.kind === 'type') return `"[masked ${node.type}]"`;
  if (!('count' in outcome)) return MASKED;
  const { kind, count } = outcome;
  const significant = yield* significantOf(plainText(text, node), kind, 2 * count);
  if (significant.length < 2 * count) return MASKED;
  return kind === 'first'
    ? JSON.stringify(`${significant.slice(0, count).join('')}****`)
    : JSON.stringify(`****${significant.slice(-count).join('')}`);
}

/**
 * What characters are taken from; an exponent or a fraction would make the last digits others than they seem.
 */
function plainText(text: string, { type, start, end, value }: JsonNode): string {
  if (type === 'string') return value as string;
  const digits = type === 'number' ? text.slice(start, end) : '';
  return INTEGER.test(digits) ? digits : '';
}

/**
 * The first or last letters and digits of a text, in their order: `enough` of them or more, or all there are.
 */
function* significantOf(text: string, kind: Part['kind'], enough: number): Steps<readonly string[]> {
  let found: string[] = [];
  let [start, end] = kind === 'first' ? [0, 0] : [text.length, text.length];
  while (found.length < enough && (kind === 'first' ? end < text.length : start > 0)) {
    if (isPauseDue()) yield;
    if (kind === 'first') {
      start = end;
      end = wholeCharacter(text, Math.min(end + CHARACTERS_AT_ONCE, text.length));
      found.push(...(text.slice(start, end).match(SIGNIFICANT) ?? []));
    } else {
      end = start;
      start = wholeCharacter(text, Math.max(start - CHARACTERS_AT_ONCE, 0));
      found = [...(text.slice(start, end).match(SIGNIFICANT) ?? []), ...found];
    }
  }
  return found;
}

/** `at`, or the place after the character that it is in the middle of. */
function wholeCharacter(text: string, at: number): number {
  return at > 0 && LOW_SURROGATE.test(text.slice(at, at + 1)) ? at + 1 : at;
}
