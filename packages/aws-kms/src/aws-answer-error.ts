import type { KeyServiceErrorReason } from '@waxseal/core';

/** What to record of an answer. */
export interface AwsAnswerErrorDetails {
  /** Name or code of the error that this stands for. */
  readonly originalName?: string | undefined;
  readonly httpStatusCode?: number | undefined;
  readonly requestId?: string | undefined;
}

/**
 * An answer of AWS KMS that cannot be used, or an error whose own text could hold what must not be logged. It is the `cause`
 * of a `KeyServiceError`, and holds names and numbers only.
 */
export class AwsAnswerError extends Error {
  override readonly name = 'AwsAnswerError';
  readonly reason: KeyServiceErrorReason;
  readonly originalName: string | undefined;
  readonly httpStatusCode: number | undefined;
  readonly requestId: string | undefined;

  constructor(message: string, reason: KeyServiceErrorReason, details: AwsAnswerErrorDetails = {}) {
    super(message);
    this.reason = reason;
    this.originalName = details.originalName;
    this.httpStatusCode = details.httpStatusCode;
    this.requestId = details.requestId;
  }
}
