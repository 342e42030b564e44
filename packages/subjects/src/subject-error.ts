import { NEVER_RETRY, quote, WaxsealError } from '@waxseal/core/internal';

/**
 * Whose data it is has been forgotten: the key of the subject was removed for good. What was encrypted under
 * it does not open any more, and nothing new is encrypted for it.
 */
export class SubjectShreddedError extends WaxsealError {
  override readonly name = 'SubjectShreddedError';
  readonly code = 'WAXSEAL_SUBJECT_SHREDDED';

  /** Key ID of the subject, which does not tell who it is. */
  readonly keyId: string;
  /** When the key was removed, by the store's clock. */
  readonly shreddedAt: Date;

  constructor(keyId: string, shreddedAt: Date) {
    super(
      `The data of this subject have been erased: its key ${quote(keyId)} was removed at ${shreddedAt.toISOString()}. ` +
        'Nothing brings them back. Terminate or reset workflows that need them (docs/subjects.md).',
      false,
      { type: 'WaxsealSubjectShredded', ...NEVER_RETRY },
    );
    this.keyId = keyId;
    this.shreddedAt = shreddedAt;
  }
}
