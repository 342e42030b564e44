import { ConfigurationError } from '@waxseal/core';
import {
  JSONPathEnvironment,
  JSONPathError,
  jsonpath,
  type JSONPathQuery,
  FunctionExpressionType,
} from 'json-p3';
import { RE2JS } from 're2js';
import { MAX_DEPTH } from './json-document';

const MAX_DESCENTS = 2;

const { FilterSelector, NameSelector } = jsonpath.selectors;
const { FilterQuery, FunctionExtension, RootQuery, StringLiteral } = jsonpath.expressions;
const { InfixExpression, LogicalExpression, PrefixExpression } = jsonpath.expressions;

type Filter = InstanceType<typeof FilterSelector>;
type Expression = jsonpath.expressions.FilterExpression;

/** A JSONPath that has been checked, with what finds the values. */
export interface JsonPath {
  /** For names as they are written. */
  readonly exact: readonly PathSegment[];
  /** For names that {@link protoJsonName} has been applied to. */
  readonly proto: readonly PathSegment[];
  /** Whether what it selects depends on values. */
  readonly hasFilters: boolean;
}

/** A segment of a path (RFC 9535 §2.5). */
export interface PathSegment {
  /** Whether it looks into all that is in a value (`..`), and not at the members only. */
  readonly descends: boolean;
  readonly selectors: readonly jsonpath.JSONPathSelector[];
  /**
   * Filters among the selectors that look at more than a fixed number of values, or at the characters of a
   * text.
   */
  readonly costly: ReadonlySet<jsonpath.JSONPathSelector>;
}

/**
 * Checks a JSONPath (RFC 9535).
 *
 * @throws ConfigurationError that names `field`
 */
export function compilePath(path: string, field: string): JsonPath {
  const exact = parse(path, field);
  const proto = parse(path, field);
  const parts = [...partsOf(exact)];
  for (const part of parts) {
    if (part instanceof FunctionExtension) assertFunction(part, field);
    if (part instanceof FilterQuery) assertBounded(part, field);
  }
  if (countDescents(exact) > MAX_DESCENTS) {
    throw new ConfigurationError(`${field} has ".." more than twice. Write a path with fewer.`);
  }
  for (const part of partsOf(proto)) {
    if (part instanceof NameSelector) Object.assign(part, { name: protoJsonName(part.name) });
  }
  const hasFilters = parts.some((part) => part instanceof FilterSelector);
  return { exact: segmentsOf(exact), proto: segmentsOf(proto), hasFilters };
}

/**
 * The JSON name that protobuf derives from a field's name, as `protoc` does it: underscores go, and the
 * character after them becomes a capital. What is such a name already stays.
 */
export function protoJsonName(name: string): string {
  return name.replace(/_+([^_]?)/gu, (_, next: string) => next.toUpperCase());
}

function parse(path: string, field: string): JSONPathQuery {
  try {
    return environment.compile(path);
  } catch (error) {
    const why = error instanceof JSONPathError ? error.message : 'the parser failed';
    throw new ConfigurationError(
      `${field} is ${JSON.stringify(path)}, which is not a JSONPath (RFC 9535): ${why}. Write one such as "$.card.number" or "$..email".`,
    );
  }
}

/** A pattern out of the document would let its author decide what is masked. */
function assertFunction({ name, args }: InstanceType<typeof FunctionExtension>, field: string): void {
  if (args.some((argument) => argument instanceof RootQuery)) {
    throw new ConfigurationError(
      `${field} has ${name}() of something that starts from "$", which is looked at again for each value. Start it from "@".`,
    );
  }
  if (name !== 'match' && name !== 'search') return;
  const [, pattern] = args;
  try {
    if (!(pattern instanceof StringLiteral)) throw new TypeError('not a literal');
    compilePattern(pattern.value);
  } catch {
    throw new ConfigurationError(
      `${field} has ${name}() with a pattern that is not usable. Write it as a literal, in I-Regexp (RFC 9485).`,
    );
  }
}

/**
 * What a filter looks up it looks up for each value, so the author of a large document would decide how long
 * that takes.
 */
function assertBounded(query: InstanceType<typeof FilterQuery>, field: string): void {
  const isAbsolute = query instanceof RootQuery;
  if (countDescents(query.path) > 0 || (isAbsolute && !query.path.singularQuery())) {
    throw new ConfigurationError(
      `${field} has a filter that searches the document for each value. Write filters without "..", and those from "$" with names and indexes only.`,
    );
  }
}

function countDescents(query: JSONPathQuery): number {
  return segmentsOf(query).filter(({ descends }) => descends).length;
}

function segmentsOf({ segments }: JSONPathQuery): PathSegment[] {
  return segments.map((segment) => ({
    descends: segment.toString().startsWith('..'),
    selectors: segment.selectors,
    costly: new Set(segment.selectors.filter((one) => one instanceof FilterSelector && isCostly(one))),
  }));
}

function isCostly({ expression }: Filter): boolean {
  return [...partsOfExpression(expression)].some(
    (part) =>
      part instanceof FunctionExtension || (part instanceof FilterQuery && !part.path.singularQuery()),
  );
}

/** Selectors and expressions of a query, those inside its filters included. */
function* partsOf(query: JSONPathQuery): Generator<jsonpath.JSONPathSelector | Expression> {
  for (const segment of query.segments) {
    for (const selector of segment.selectors) {
      yield selector;
      if (selector instanceof FilterSelector) yield* partsOfExpression(selector.expression);
    }
  }
}

function* partsOfExpression(expression: Expression): ReturnType<typeof partsOf> {
  yield expression;
  if (expression instanceof LogicalExpression) yield* partsOfExpression(expression.expression);
  else if (expression instanceof PrefixExpression) yield* partsOfExpression(expression.right);
  else if (expression instanceof FilterQuery) yield* partsOf(expression.path);
  else if (expression instanceof InfixExpression) {
    yield* partsOfExpression(expression.left);
    yield* partsOfExpression(expression.right);
  } else if (expression instanceof FunctionExtension) {
    for (const argument of expression.args) yield* partsOfExpression(argument);
  }
}

const iRegexpCheck = new jsonpath.functions.Match({ throwErrors: true, cacheSize: 0 });

/**
 * `match()` or `search()` of JSONPath (RFC 9535 §2.4.6 and §2.4.7) in a time that grows with the text and no
 * faster. JavaScript's own expressions try some patterns in more ways than there are atoms, and who writes
 * the text would have the event loop.
 */
class PatternFunction implements jsonpath.functions.FilterFunction {
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
function compilePattern(pattern: string): RE2JS {
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

/** What evaluates filters. */
export const environment = makeEnvironment();

function makeEnvironment(): JSONPathEnvironment {
  // The library refuses to look as deep as the limit itself.
  const made = new JSONPathEnvironment({ maxRecursionDepth: MAX_DEPTH + 3 });
  made.functionRegister.set('match', new PatternFunction(true));
  made.functionRegister.set('search', new PatternFunction(false));
  return made;
}
