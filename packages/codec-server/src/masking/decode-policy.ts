import type { Payload } from '@temporalio/common';

/** What a masked value still shows. */
export type Shown = 'nothing' | 'type' | 'all' | { readonly first: number } | { readonly last: number };

/** One rule of a {@link MaskPolicy}: which values, and what is left of them. */
export interface MaskRule {
  /**
   * JSONPath (RFC 9535) of the values. Names in it are exact for `json/plain`; for `json/protobuf` a field is
   * found under its proto name and its JSON name alike, whichever of them the rule has. A path may select
   * nothing. `match()` and `search()` take a literal pattern only.
   */
  readonly path: string;

  /**
   * What is shown. Default: `'nothing'`.
   *
   * - `'nothing'`: the text `[masked]`, for a value of any type. Of an object or array nothing remains.
   * - `'type'`: `[masked string]`, `[masked object]` and so on.
   * - `{ last: n }`, `{ first: n }`: 1 to 64 letters or digits of a string or of a number written as an
   *   integer, with `****` in the place of the rest; other characters are neither counted nor shown. A value
   *   with fewer than 2n of them shows nothing, and neither does a value of another type.
   * - `'all'`: the value as it is. Only in a policy that hides what no rule selects (`others: 'hide'`).
   */
  readonly show?: Shown;

  /** Takes the member or element away, instead of showing anything in its place. Excludes `show`. */
  readonly remove?: true;
}

/** Shows payloads that can be parsed as its rules say, and hides all others. */
export interface MaskPolicy {
  /** At least one rule. A value that several select shows what the strictest of them allows. */
  readonly mask: readonly MaskRule[];

  /**
   * What becomes of values that no rule selects. With `'hide'` a member or element goes unless a rule selects
   * it, something in it or something that it is in; rules with `show: 'all'` say what stays. Default:
   * `'show'`.
   */
  readonly others?: 'show' | 'hide';

  /**
   * Whether message and stack of encoded failures are masked whatever the rules say. Such a payload is a
   * `json/plain` object with a member `stack_trace`. They are free text, which no path can look into.
   * Default: `'hide'`.
   */
  readonly failures?: 'hide' | 'show';
}

/** What somebody sees of decoded payloads: all, some fields, or none. */
export type DecodePolicy = 'full' | 'denied' | MaskPolicy;

/** What {@link DecodePolicies} takes. */
export interface DecodePoliciesOptions {
  /** Policies by role. A role that is not named here allows what `defaultPolicy` does. */
  readonly policies: Readonly<Record<string, DecodePolicy>>;

  /** What everybody may see who may decode, before any role. Default: `'denied'`. It cannot be `'full'`. */
  readonly defaultPolicy?: DecodePolicy;
}

/** A decode policy that has been checked, ready to be applied. */
export interface CompiledDecodePolicy {
  /** `denied` is to be refused before anything is decrypted; `apply` hides everything then. */
  readonly kind: 'full' | 'mask' | 'denied';

  /**
   * Shows of decoded payloads what the policy allows. Nothing that it cannot mask is passed on. Others have
   * the event loop in between.
   *
   * @param payloads plaintext, which stays unchanged
   * @returns as many payloads in the same order; with `full` the ones given, else new ones
   * @throws only the reason of the signal in `options`, when it ends the work
   */
  apply(payloads: readonly Payload[], options?: MaskingOptions): Promise<Payload[]>;
}

/** What applying a policy takes. */
export interface MaskingOptions {
  /** Ends the work early. */
  readonly signal?: AbortSignal;
  /** Is told once, at the end, how many steps were taken: a step looks at a value, or at a piece of text. */
  readonly onDone?: (steps: number) => void;
}
