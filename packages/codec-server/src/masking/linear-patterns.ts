import { FunctionExpressionType, jsonpath } from 'json-p3';
import { RE2JS } from 're2js';

const iRegexpCheck = new jsonpath.functions.Match({ throwErrors: true, cacheSize: 0 });

/**
 * `match()` or `search()` of JSONPath (RFC 9535 §2.4.6 and §2.4.7) in a time that grows with the text and no faster. JavaScript's
 * own expressions try some patterns in more ways than there are atoms, and who writes the text would have the event loop.
 */
export class PatternFunction implements jsonpath.functions.FilterFunction {
  readonly argTypes = [FunctionExpressionType.ValueType, FunctionExpressionType.ValueType];
  readonly returnType = FunctionExpressionType.LogicalType;
  readonly #isWhole: boolean;
  /** As many as paths have literals. */
  readonly #compiled = new Map<string, RE2JS>();

  /** @param isWhole whether all of the text has to match, and not a part of it */
  constructor(isWhole: boolean) {
    this.#isWhole = isWhole;
  }

  /** @returns whether it matches; false for what is no text */
  call(text: unknown, pattern: unknown): boolean {
    if (typeof text !== 'string' || typeof pattern !== 'string') return false;
    let compiled = this.#compiled.get(pattern);
    if (compiled === undefined) {
      compiled = compilePattern(pattern);
      this.#compiled.set(pattern, compiled);
    }
    return this.#isWhole ? compiled.testExact(text) : compiled.test(text);
  }
}

/**
 * @param pattern an I-Regexp (RFC 9485)
 * @throws Error when it is none, or one that is too large
 */
export function compilePattern(pattern: string): RE2JS {
  iRegexpCheck.call('', pattern);
  return RE2JS.compile(toRe2(pattern));
}

/** RFC 9485 §5.4: RE2 and I-Regexp differ in the dot, outside of character classes. */
function toRe2(pattern: string): string {
  let isInClass = false;
  return pattern.replace(/\\.|[[\].]/gsu, (token) => {
    if (token === '[') isInClass = true;
    if (token === ']') isInClass = false;
    return token === '.' && !isInClass ? '[^\\n\\r]' : token;
  });
}
