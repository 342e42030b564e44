import type { MaskRule } from './mask-rule';

/** Shows payloads that can be parsed as its rules say, and hides all others. */
export interface MaskPolicy {
  /** At least one rule. A value that several select shows what the strictest of them allows. */
  readonly mask: readonly MaskRule[];

  /**
   * What becomes of values that no rule selects. With `'hide'` a member or element goes unless a rule selects it, something in
   * it or something that it is in; rules with `show: 'all'` say what stays. Default: `'show'`.
   */
  readonly others?: 'show' | 'hide';

  /**
   * Whether message and stack of encoded failures are masked whatever the rules say. Such a payload is a `json/plain` object
   * with a member `stack_trace`. They are free text, which no path can look into. Default: `'hide'`.
   */
  readonly failures?: 'hide' | 'show';
}

/** What somebody sees of decoded payloads: all, some fields, or none. */
export type DecodePolicy = 'full' | 'denied' | MaskPolicy;
