import { isPauseDue } from '@waxseal/core/internal';
import type { JSONValue } from 'json-p3';
import { Unmaskable } from './hidden-payload';
import type { MaskingBudget, Steps } from './steps';

/** How deep a JSON text that is masked may be nested. */
export const MAX_DEPTH = 64;
const MAX_VALUES = 100_000;

/** A value of a JSON text, with its place in the text. */
export interface JsonNode {
  readonly type: 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';
  /** Where its text starts and ends (exclusive), in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  /** The value, for filters. Its objects have no prototype. */
  readonly value: JSONValue;
  /** Members or elements in the order of the text; empty for what has none. */
  readonly members: readonly JsonMember[];
  /** Place of each name among `members`; for objects only. */
  readonly names: ReadonlyMap<string, number> | undefined;
  /** How many values it is, with all that are in it. */
  readonly size: number;
}

/** A member of an object, or an element of an array. */
export interface JsonMember {
  /** Where the name starts, or the element. */
  readonly start: number;
  readonly node: JsonNode;
}

/** A JSON text that has been read. */
export interface JsonDocument {
  readonly text: string;
  readonly root: JsonNode;
  /** Whether each number is what JavaScript makes of it: filters compare that, and not the text. */
  readonly hasExactNumbers: boolean;
}

/** Member of an object by its name. */
export function memberOf({ names, members }: JsonNode, name: string): JsonNode | undefined {
  const index = names?.get(name);
  return index === undefined ? undefined : members[index]?.node;
}

/**
 * Reads a JSON text (RFC 8259) with the place of each value, so that one can be replaced and all else stays
 * as it is. The reader is lax; `JSON.parse` decides whether the text is valid, after the reader has bounded
 * it.
 *
 * @param nameOf what a member is known by in queries
 * @param budget each value is taken off
 * @throws Unmaskable when it is not valid, when an object has two members of one name, of which parsers take
 *   the one or the other, when it is nested more than 64 deep, or when it has more values than 100,000 or
 *   than the budget
 */
export function* readJson(
  text: string,
  nameOf: (name: string) => string,
  budget: MaskingBudget,
): Steps<JsonDocument> {
  try {
    const document = yield* new Reader(text, nameOf, budget).document();
    JSON.parse(text);
    return document;
  } catch (error) {
    throw error instanceof Unmaskable ? error : new Unmaskable('malformed');
  }
}

const NUMBER = /-?[0-9.eE+-]+/y;
const LITERALS: Readonly<Record<string, readonly [text: string, value: boolean | null]>> = {
  t: ['true', true],
  f: ['false', false],
  n: ['null', null],
};
const NO_MEMBERS: readonly JsonMember[] = [];

class Reader {
  readonly #text: string;
  readonly #nameOf: (name: string) => string;
  readonly #budget: MaskingBudget;
  #at = 0;
  #valueCount = 0;
  #hasExactNumbers = true;

  constructor(text: string, nameOf: (name: string) => string, budget: MaskingBudget) {
    this.#text = text;
    this.#nameOf = nameOf;
    this.#budget = budget;
  }

  *document(): Steps<JsonDocument> {
    this.#skipSpace();
    const root = this.#isAtContainer() ? yield* this.#container(0) : this.#scalar(0);
    return { text: this.#text, root, hasExactNumbers: this.#hasExactNumbers };
  }

  *#container(depth: number): Steps<JsonNode> {
    this.#count(depth);
    const start = this.#at;
    const before = this.#valueCount;
    const isObject = this.#text[start] === '{';
    const closer = isObject ? '}' : ']';
    const names = isObject ? new Map<string, number>() : undefined;
    const elements: JSONValue[] = [];
    const byName = Object.create(null) as Record<string, JSONValue>;
    const members: JsonMember[] = [];
    this.#at++;
    this.#skipSpace();
    while (this.#text[this.#at] !== closer) {
      const memberStart = this.#at;
      const name = names === undefined ? undefined : this.#newName(names);
      if (isPauseDue()) yield;
      const node: JsonNode = this.#isAtContainer()
        ? yield* this.#container(depth + 1)
        : this.#scalar(depth + 1);
      members.push({ start: memberStart, node });
      if (name === undefined) elements.push(node.value);
      else byName[name] = node.value;
      this.#skipSpace();
      if (this.#text[this.#at] === ',') this.#at++;
      this.#skipSpace();
    }
    this.#at++;
    const size = 1 + this.#valueCount - before;
    const value = isObject ? byName : elements;
    return { type: isObject ? 'object' : 'array', start, end: this.#at, value, members, names, size };
  }

  #scalar(depth: number): JsonNode {
    this.#count(depth);
    const start = this.#at;
    const first = this.#text.charAt(start);
    if (first === '"') return this.#leaf('string', start, this.#string());
    const literal = LITERALS[first];
    if (literal !== undefined) {
      this.#at += literal[0].length;
      return this.#leaf(literal[1] === null ? 'null' : 'boolean', start, literal[1]);
    }
    const number = this.#number();
    this.#hasExactNumbers &&= isExactNumber(number);
    return this.#leaf('number', start, Number(number));
  }

  #count(depth: number): void {
    if (depth > MAX_DEPTH || ++this.#valueCount > MAX_VALUES) throw new Unmaskable('too-large');
    this.#budget.spend(1);
  }

  #newName(names: Map<string, number>): string {
    const name = this.#nameOf(this.#string());
    if (names.has(name)) throw new Unmaskable('ambiguous');
    names.set(name, names.size);
    this.#skipSpace();
    this.#at++;
    this.#skipSpace();
    return name;
  }

  #string(): string {
    const start = this.#at;
    let end = this.#text.indexOf('"', start + 1);
    while (end !== -1 && isEscaped(this.#text, end)) end = this.#text.indexOf('"', end + 1);
    if (end === -1) throw new Unmaskable('malformed');
    this.#at = end + 1;
    const inner = this.#text.slice(start + 1, end);
    return inner.includes('\\') ? (JSON.parse(`"${inner}"`) as string) : inner;
  }

  #leaf(type: JsonNode['type'], start: number, value: JSONValue): JsonNode {
    return { type, start, end: this.#at, value, members: NO_MEMBERS, names: undefined, size: 1 };
  }

  #isAtContainer(): boolean {
    const first = this.#text[this.#at];
    return first === '{' || first === '[';
  }

  #skipSpace(): void {
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at++;
  }

  #number(): string {
    NUMBER.lastIndex = this.#at;
    if (!NUMBER.test(this.#text)) throw new Unmaskable('malformed');
    const start = this.#at;
    this.#at = NUMBER.lastIndex;
    return this.#text.slice(start, this.#at);
  }
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}

/** Whether an odd number of backslashes stands before the quote at `at`. */
function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text[first - 1] === '\\') first--;
  return (at - first) % 2 === 1;
}

const PARTS = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/**
 * Whether a number in JSON is the shortest decimal of some double, so that two of them compare as their texts
 * would.
 */
function isExactNumber(text: string): boolean {
  const written = String(Number(text));
  return written === text || normalForm(text) === normalForm(written);
}

/** Significant digits and the power of ten of the last of them, without sign; `0` for zero and infinity. */
function normalForm(text: string): string {
  const [, whole = '', fraction = '', exponent = '0'] = PARTS.exec(text) ?? [];
  const all = whole + fraction;
  let from = 0;
  while (all[from] === '0') from++;
  let to = all.length;
  while (to > from && all[to - 1] === '0') to--;
  if (from === to) return '0';
  return `${all.slice(from, to)}e${String(Number(exponent) - fraction.length + all.length - to)}`;
}
