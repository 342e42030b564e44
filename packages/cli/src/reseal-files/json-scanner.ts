import { ConfigurationError } from '@waxseal/core';

/** What a {@link JsonScanner} tells. Places are in bytes from the beginning of the text. */
export interface JsonVisitor {
  /** An object or an array begins. */
  open(isObject: boolean): void;
  /** The object or array that began last, and has not ended, ends. */
  close(): void;
  /** The name of a field, `undefined` where it is longer than {@link LONGEST_NAME}. Its value comes next. */
  name(name: string | undefined): void;
  /** A text with its quotation marks, or another scalar. */
  scalar(start: number, end: number, isText: boolean): void;
}

/** Longest name of a field that is told, in bytes as it is written. */
const LONGEST_NAME = 400;
const LONGEST_NUMBER = 10_000;
const DEEPEST = 10_000;

const NUMBER_OR_WORD = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)$/;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** What may come next. `value`: one, or the end of an array that is empty so far. */
type Expected = 'value' | 'value or end' | 'name' | 'name or end' | 'colon' | 'comma or end';

/**
 * Reads JSON in UTF-8 piece by piece: one value, or several after each other, as on lines. What it keeps is
 * bounded, however long the text or a value of it is. What is inside texts is not checked, but for names.
 */
export class JsonScanner {
  readonly #visitor: JsonVisitor;
  /** Whether each thing that is open is an object. */
  readonly #open: boolean[] = [];
  #expected: Expected = 'value';
  /** How many bytes came before the piece at hand. */
  #before = 0;
  /** Where the token began that the piece at hand goes on with; `undefined` between tokens. */
  #start: number | undefined;
  #isText = false;
  #isEscaped = false;
  /** What is kept of a name, a number or a word. */
  #kept: Buffer[] = [];
  #keptBytes = 0;

  constructor(visitor: JsonVisitor) {
    this.#visitor = visitor;
  }

  /** @throws ConfigurationError that says where the text stops being JSON */
  push(piece: Buffer): void {
    let at = 0;
    // A byte order mark belongs to no value.
    if (this.#before === 0 && piece[0] === 0xef && piece[1] === 0xbb && piece[2] === 0xbf) at = 3;
    while (at < piece.length) {
      if (this.#start === undefined) at = this.#between(piece, at);
      else at = this.#isText ? this.#text(piece, at) : this.#scalar(piece, at);
    }
    this.#before += piece.length;
  }

  /** @throws ConfigurationError where the text ends too early */
  end(): void {
    if (this.#start !== undefined && !this.#isText) this.#endScalar(this.#before);
    if (this.#start !== undefined || this.#open.length > 0 || this.#expected !== 'value') {
      throw this.#wrong(this.#before);
    }
  }

  /** @returns where to go on */
  #between(piece: Buffer, at: number): number {
    const byte = piece[at] ?? 0;
    const place = this.#before + at;
    switch (byte) {
      case 0x20:
      case 0x0a:
      case 0x0d:
      case 0x09:
        return at + 1;
      case 0x3a:
        this.#expect(place, 'colon');
        this.#expected = 'value';
        return at + 1;
      case 0x2c:
        if (this.#open.length === 0) throw this.#wrong(place);
        this.#expect(place, 'comma or end');
        this.#expected = this.#open.at(-1) === true ? 'name' : 'value';
        return at + 1;
      case 0x7b:
      case 0x5b:
        this.#expect(place, 'value', 'value or end');
        if (this.#open.length === DEEPEST)
          throw this.#wrong(place, `is nested more than ${String(DEEPEST)} deep`);
        this.#open.push(byte === 0x7b);
        this.#expected = byte === 0x7b ? 'name or end' : 'value or end';
        this.#visitor.open(byte === 0x7b);
        return at + 1;
      case 0x7d:
      case 0x5d:
        this.#expect(place, 'comma or end', byte === 0x7d ? 'name or end' : 'value or end');
        if (this.#open.pop() !== (byte === 0x7d)) throw this.#wrong(place);
        this.#afterValue();
        this.#visitor.close();
        return at + 1;
      case QUOTE:
        this.#expect(place, 'value', 'value or end', 'name', 'name or end');
        return this.#begin(at, true) + 1;
      default:
        this.#expect(place, 'value', 'value or end');
        return this.#begin(at, false);
    }
  }

  #begin(at: number, isText: boolean): number {
    this.#start = this.#before + at;
    this.#isText = isText;
    this.#isEscaped = false;
    this.#kept = [];
    this.#keptBytes = 0;
    return at;
  }

  get #isName(): boolean {
    return this.#expected.startsWith('name');
  }

  #text(piece: Buffer, at: number): number {
    let from = at;
    if (this.#isEscaped) {
      this.#isEscaped = false;
      from += 1;
    }
    for (;;) {
      const quote = piece.indexOf(QUOTE, from);
      const end = quote < 0 ? piece.length : quote;
      const escape = piece.subarray(from, end).indexOf(BACKSLASH);
      if (escape < 0) {
        this.#keep(piece, at, end, LONGEST_NAME);
        if (quote < 0) return end;
        this.#endText(this.#before + quote + 1);
        return quote + 1;
      }
      from += escape + 2;
      if (from > piece.length) {
        this.#isEscaped = true;
        this.#keep(piece, at, piece.length, LONGEST_NAME);
        return piece.length;
      }
    }
  }

  #keep(piece: Buffer, from: number, to: number, most: number): void {
    if (!this.#isName && this.#isText) return;
    this.#keptBytes += to - from;
    // The caller may use the piece again.
    if (this.#keptBytes <= most) this.#kept.push(Buffer.from(piece.subarray(from, to)));
  }

  #endText(end: number): void {
    const start = this.#start ?? end;
    this.#start = undefined;
    if (!this.#isName) {
      this.#afterValue();
      this.#visitor.scalar(start, end, true);
      return;
    }
    this.#expected = 'colon';
    const isLong = this.#keptBytes > LONGEST_NAME;
    this.#visitor.name(isLong ? undefined : this.#nameFrom(start));
  }

  #nameFrom(start: number): string {
    try {
      return JSON.parse(`"${Buffer.concat(this.#kept).toString('utf8')}"`) as string;
    } catch {
      throw this.#wrong(start);
    }
  }

  #scalar(piece: Buffer, at: number): number {
    let end = at;
    while (end < piece.length && isOfScalar(piece[end] ?? 0)) end += 1;
    this.#keep(piece, at, end, LONGEST_NUMBER);
    if (end < piece.length) this.#endScalar(this.#before + end);
    return end;
  }

  #endScalar(end: number): void {
    const start = this.#start ?? end;
    this.#start = undefined;
    const isShort = this.#keptBytes <= LONGEST_NUMBER;
    if (!isShort || !NUMBER_OR_WORD.test(Buffer.concat(this.#kept).toString('latin1')))
      throw this.#wrong(start);
    this.#afterValue();
    this.#visitor.scalar(start, end, false);
  }

  #afterValue(): void {
    this.#expected = this.#open.length === 0 ? 'value' : 'comma or end';
  }

  #expect(place: number, ...any: readonly Expected[]): void {
    if (!any.includes(this.#expected)) throw this.#wrong(place);
  }

  #wrong(place: number, what = 'is not valid JSON'): Error {
    return new ConfigurationError(`it ${what} at byte ${String(place)}`);
  }
}

/** Letters, digits, and the signs of numbers. */
function isOfScalar(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e ||
    byte === 0x45
  );
}
