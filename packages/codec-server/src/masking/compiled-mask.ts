import type { CompiledPath } from './compiled-path';
import type { Outcome } from './outcome';

/** A {@link MaskPolicy} that has been checked. */
export interface CompiledMask {
  readonly rules: readonly { readonly path: CompiledPath; readonly outcome: Outcome }[];
  /** Whether what no rule selects is taken away. */
  readonly hidesOthers: boolean;
  readonly hidesFailures: boolean;
}
