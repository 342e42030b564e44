import type { ContextMismatch } from './context-mismatch';
import { quote } from './quote';
import { FINAL } from './temporal-traits';
import { WaxsealError } from './waxseal-error';

/** The payload was encrypted for another namespace or workflow than the one it is being decoded in. */
export class ContextMismatchError extends WaxsealError implements ContextMismatch {
  override readonly name = 'ContextMismatchError';
  readonly code = 'WAXSEAL_CONTEXT_MISMATCH';

  /** Key of the entry that differs: `namespace` or `workflow-id`. */
  readonly field: string;
  /** Value recorded in the envelope's header. */
  readonly recorded: string;
  /** Value that Temporal gave at decoding. */
  readonly expected: string;

  constructor({ field, recorded, expected }: ContextMismatch) {
    super(
      `The payload was encrypted for ${field} ${quote(recorded)}, but it is being decoded in ${quote(expected)}. ` +
        'If the namespace was renamed or migrated, list the old name in namespaceAliases; if payloads move between workflows by design, use binding "namespace" or onContextMismatch.',
      false,
      { type: 'WaxsealContextMismatch', ...FINAL },
    );
    this.field = field;
    this.recorded = recorded;
    this.expected = expected;
  }
}
