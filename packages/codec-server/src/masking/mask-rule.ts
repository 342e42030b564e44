/** What a masked value still shows. */
export type Shown = 'nothing' | 'type' | 'all' | { readonly first: number } | { readonly last: number };

/** One rule of a {@link MaskPolicy}: which values, and what is left of them. */
export interface MaskRule {
  /**
   * JSONPath (RFC 9535) of the values. Names in it are exact for `json/plain`; for `json/protobuf` a field is found under its
   * proto name and its JSON name alike, whichever of them the rule has. A path may select nothing. `match()` and `search()`
   * take a literal pattern only.
   */
  readonly path: string;

  /**
   * What is shown. Default: `'nothing'`.
   *
   * - `'nothing'`: the text `[masked]`, for a value of any type. Of an object or array nothing remains.
   * - `'type'`: `[masked string]`, `[masked object]` and so on.
   * - `{ last: n }`, `{ first: n }`: 1 to 64 letters or digits of a string or of a number written as an integer, with `****`
   *   in the place of the rest; other characters are neither counted nor shown. A value with fewer than 2n of them shows
   *   nothing, and neither does a value of another type.
   * - `'all'`: the value as it is. Only in a policy that hides what no rule selects (`others: 'hide'`).
   */
  readonly show?: Shown;

  /** Takes the member or element away, instead of showing anything in its place. Excludes `show`. */
  readonly remove?: true;
}
