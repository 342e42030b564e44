import type { JSONValue } from 'json-p3';
import { isExactNumber } from './is-exact-number';
import type { JsonDocument } from './json-document';
import type { JsonMember, JsonNode } from './json-node';
import { MAX_DEPTH } from './max-depth';
import { Unmaskable } from './unmaskable';
import type { WorkBudget } from './work-budget';

const MAX_VALUES = 100_000;

const SPACE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
const NUMBER = /-?[0-9.eE+-]+/y;
const LITERALS: Readonly<Record<string, readonly [text: string, value: boolean | null]>> = {
  t: ['true', true],
  f: ['false', false],
  n: ['null', null],
};

/**
 * Reads a JSON text (RFC 8259) with the place of each value, so that one can be replaced and all else stays as it is.
 * The reader is lax; `JSON.parse` decides whether the text is valid, after the reader has bounded it.
 *
 * @param nameOf what a member is known by in queries
 * @param budget each value is taken off
 * @throws Unmaskable when it is not valid, when an object has two members of one name, of which parsers take the one or the
 * other, when it is nested more than 64 deep, or when it has more values than 100,000 or than the budget
 */
export function readJson(text: string, nameOf: (name: string) => string, budget: WorkBudget): JsonDocument {
  try {
    const document = new Reader(text, nameOf, budget).document();
    JSON.parse(text);
    return document;
  } catch (error) {
    throw error instanceof Unmaskable ? error : new Unmaskable('malformed');
  }
}

class Reader {
  readonly #text: string;
  readonly #nameOf: (name: string) => string;
  readonly #budget: WorkBudget;
  #at = 0;
  #valueCount = 0;
  #depthSum = 0;
  #hasExactNumbers = true;

  constructor(text: string, nameOf: (name: string) => string, budget: WorkBudget) {
    this.#text = text;
    this.#nameOf = nameOf;
    this.#budget = budget;
  }

  document(): JsonDocument {
    this.#skipSpace();
    const root = this.#value(0);
    return {
      text: this.#text,
      root,
      valueCount: this.#valueCount,
      depthSum: this.#depthSum,
      hasExactNumbers: this.#hasExactNumbers,
    };
  }

  #value(depth: number): JsonNode {
    if (depth > MAX_DEPTH || ++this.#valueCount > MAX_VALUES || --this.#budget.left < 0) {
      throw new Unmaskable('too-large');
    }
    this.#depthSum += depth;
    const first = this.#text.charAt(this.#at);
    if (first === '{') return this.#object(depth);
    if (first === '[') return this.#array(depth);
    const start = this.#at;
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

  #object(depth: number): JsonNode {
    const start = this.#at;
    const value = Object.create(null) as Record<string, JSONValue>;
    const names = new Map<string, number>();
    const members = this.#members('}', () => {
      const name = this.#nameOf(this.#string());
      if (names.has(name)) throw new Unmaskable('ambiguous');
      names.set(name, names.size);
      this.#skipSpace();
      this.#at++;
      this.#skipSpace();
      const node = this.#value(depth + 1);
      value[name] = node.value;
      return node;
    });
    return { type: 'object', start, end: this.#at, value, members, names };
  }

  #array(depth: number): JsonNode {
    const start = this.#at;
    const members = this.#members(']', () => this.#value(depth + 1));
    const value = members.map(({ node }) => node.value);
    return { type: 'array', start, end: this.#at, value, members, names: undefined };
  }

  #members(closer: string, next: () => JsonNode): JsonMember[] {
    const members: JsonMember[] = [];
    this.#at++;
    this.#skipSpace();
    while (this.#text[this.#at] !== closer) {
      const start = this.#at;
      members.push({ start, node: next() });
      this.#skipSpace();
      if (this.#text[this.#at] === ',') this.#at++;
      this.#skipSpace();
    }
    this.#at++;
    return members;
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
    return { type, start, end: this.#at, value, members: [], names: undefined };
  }

  #skipSpace(): void {
    while (SPACE.has(this.#text.charCodeAt(this.#at))) this.#at++;
  }

  #number(): string {
    NUMBER.lastIndex = this.#at;
    if (!NUMBER.test(this.#text)) throw new Unmaskable('malformed');
    const start = this.#at;
    this.#at = NUMBER.lastIndex;
    return this.#text.slice(start, this.#at);
  }
}

/** Whether an odd number of backslashes stands before the quote at `at`. */
function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text[first - 1] === '\\') first--;
  return (at - first) % 2 === 1;
}
