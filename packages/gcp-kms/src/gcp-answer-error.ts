import type { KeyServiceErrorReason } from '@waxseal/core';

/**
 * An answer of Google Cloud KMS that cannot be used, or an error whose own text could hold what must not be logged. It is the
 * `cause` of a `KeyServiceError`, and holds names and numbers only.
 */
export class GcpAnswerError extends Error {
  override readonly name = 'GcpAnswerError';
  readonly reason: KeyServiceErrorReason;
  /** Name of the gRPC status, or name or code of the error, that this stands for. */
  readonly originalName: string | undefined;

  constructor(message: string, reason: KeyServiceErrorReason, originalName?: string) {
    super(message);
    this.reason = reason;
    this.originalName = originalName;
  }
}
