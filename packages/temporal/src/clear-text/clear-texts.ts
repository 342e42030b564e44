import type { SearchAttributePair, TypedSearchAttributes } from '@temporalio/common';
import type { ClearText, ClearTextPlace } from './clear-text-guard';

/** A text, where it is one. */
export function* one(place: ClearTextPlace, text: unknown, name?: string): Iterable<ClearText> {
  if (typeof text === 'string' && text !== '') yield { place, text, name };
}

/** The names of a map's entries. */
export function* namesIn(place: ClearTextPlace, map: object | null | undefined): Iterable<ClearText> {
  for (const name of Object.keys(map ?? {})) yield* one(place, name);
}

/** The texts that a map has by name. */
export function* textsIn(place: ClearTextPlace, map: object | null | undefined): Iterable<ClearText> {
  for (const [name, text] of Object.entries(map ?? {})) yield* one(place, text, name);
}

/** The texts within the value of a search attribute: of a list, each. */
export function* attributeTexts(name: string, value: unknown): Iterable<ClearText> {
  if (Array.isArray(value)) for (const each of value as unknown[]) yield* attributeTexts(name, each);
  else if (value instanceof Date) yield* one('search attribute', value.toISOString(), name);
  else if (value !== null && value !== undefined) {
    yield* one('search attribute', typeof value === 'string' ? value : JSON.stringify(value), name);
  }
}

/** Search attributes in either form that options have them in. */
export interface SearchAttributeOptions {
  readonly searchAttributes?:
    Readonly<Record<string, unknown>> | TypedSearchAttributes | readonly SearchAttributePair[] | undefined;
  readonly typedSearchAttributes?: TypedSearchAttributes | readonly SearchAttributePair[] | undefined;
}

/** The texts of search attributes. */
export function* searchAttributeTexts(options: SearchAttributeOptions): Iterable<ClearText> {
  for (const given of [options.searchAttributes, options.typedSearchAttributes]) {
    const pairs = pairsOf(given);
    if (pairs === undefined) {
      for (const [name, value] of Object.entries(given ?? {})) yield* attributeTexts(name, value);
    } else for (const { key, value } of pairs) yield* attributeTexts(key.name, value);
  }
}

function pairsOf(
  given: SearchAttributeOptions['searchAttributes'],
): readonly SearchAttributePair[] | undefined {
  if (Array.isArray(given)) return given as readonly SearchAttributePair[];
  const { getAll } = (given ?? {}) as Partial<TypedSearchAttributes>;
  return typeof getAll === 'function' ? getAll.call(given as TypedSearchAttributes) : undefined;
}
