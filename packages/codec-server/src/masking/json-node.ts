import type { JSONValue } from 'json-p3';

/** A value of a JSON text, with its place in the text. */
export interface JsonNode {
  readonly type: 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';
  /** Where its text starts and ends (exclusive), in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  /** The value, for queries. Its objects have no prototype. */
  readonly value: JSONValue;
  /** Members or elements in the order of the text; empty for what has none. */
  readonly members: readonly JsonMember[];
  /** Place of each name among `members`; for objects only. */
  readonly names: ReadonlyMap<string, number> | undefined;
}

/** A member of an object, or an element of an array. */
export interface JsonMember {
  /** Where the name starts, or the element. */
  readonly start: number;
  readonly node: JsonNode;
}
