import type { MaskRule } from './mask-rule';

/** Shows what no rule selects, in payloads that can be parsed; hides all others. */
export interface MaskPolicy {
  /** At least one rule. A value that several select shows what the strictest of them allows. */
  readonly mask: readonly MaskRule[];

  /**
   * Whether message and stack of encoded failures are masked whatever the rules say. Such a payload is a `json/plain` object
   * with a member `stack_trace`. They are free text, which no path can look into. Default: `'hide'`.
   */
  readonly failures?: 'hide' | 'show';
}

/** What somebody sees of decoded payloads: all, some fields, or none. */
export type DecodePolicy = 'full' | 'denied' | MaskPolicy;
