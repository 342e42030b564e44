import { ConfigurationError } from '@waxseal/core';
import { JSONPathEnvironment, JSONPathError, jsonpath, type JSONPathQuery } from 'json-p3';
import type { CompiledPath } from './compiled-path';
import { MAX_DEPTH } from './max-depth';
import { pathParts } from './path-parts';
import { protoJsonName } from './proto-json-name';

const MAX_LENGTH = 1_024;
const MAX_DESCENTS = 2;

const { FilterSelector, NameSelector } = jsonpath.selectors;
const { FilterQuery, FunctionExtension, RootQuery, StringLiteral } = jsonpath.expressions;
const PATTERN_FUNCTIONS: ReadonlySet<string> = new Set(['match', 'search']);

// The library refuses to look as deep as the limit itself.
const environment = new JSONPathEnvironment({ maxRecursionDepth: MAX_DEPTH + 3 });
const patternCheck = new jsonpath.functions.Match({ throwErrors: true, cacheSize: 0 });

/**
 * Checks a JSONPath.
 *
 * @throws ConfigurationError that names `field`
 */
export function compilePath(path: unknown, field: string): CompiledPath {
  if (typeof path !== 'string' || path.length > MAX_LENGTH) {
    throw new ConfigurationError(
      `${field} must be a JSONPath such as "$.card.number", of at most ${String(MAX_LENGTH)} characters.`,
    );
  }
  const exact = parse(path, field);
  const proto = parse(path, field);
  for (const part of pathParts(exact)) {
    if (part instanceof FunctionExtension) assertPattern(part, field);
    if (part instanceof FilterQuery) assertBounded(part, field);
  }
  const descents = countDescents(exact);
  if (descents > MAX_DESCENTS) {
    throw new ConfigurationError(`${field} has ".." more than twice. Write a path with fewer.`);
  }
  for (const part of pathParts(proto)) {
    if (part instanceof NameSelector) Object.assign(part, { name: protoJsonName(part.name) });
  }
  return {
    exact,
    proto,
    hasFilters: [...pathParts(exact)].some((part) => part instanceof FilterSelector),
    isWide: !exact.singularQuery(),
    descents,
  };
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

/** A pattern out of the document would let its author decide what is masked, and how long that takes. */
function assertPattern({ name, args }: InstanceType<typeof FunctionExtension>, field: string): void {
  if (!PATTERN_FUNCTIONS.has(name)) return;
  const pattern = args[1];
  try {
    if (!(pattern instanceof StringLiteral)) throw new TypeError('not a literal');
    patternCheck.call('', pattern.value);
  } catch {
    throw new ConfigurationError(
      `${field} has ${name}() with a pattern that is not usable. Write it as a literal, in I-Regexp (RFC 9485).`,
    );
  }
}

/** What a filter looks up it looks up for each value, so the author of a large document would decide how long that takes. */
function assertBounded(query: InstanceType<typeof FilterQuery>, field: string): void {
  const isAbsolute = query instanceof RootQuery;
  if (countDescents(query.path) > 0 || (isAbsolute && !query.path.singularQuery())) {
    throw new ConfigurationError(
      `${field} has a filter that searches the document for each value. Write filters without "..", and those from "$" with names and indexes only.`,
    );
  }
}

function countDescents({ segments }: JSONPathQuery): number {
  return segments.filter((segment) => segment.toString().startsWith('..')).length;
}
