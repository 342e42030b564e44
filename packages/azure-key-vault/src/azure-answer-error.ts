import type { KeyServiceErrorReason } from '@waxseal/core';

/** What to record of an answer. */
export interface AzureAnswerErrorDetails {
  /** Name of the error that this stands for. */
  readonly originalName?: string | undefined;
  /** The service's `error.code`, or the code of a network error. */
  readonly code?: string | undefined;
  /** The service's `error.innererror.code`. */
  readonly innererrorCode?: string | undefined;
  /** HTTP status. */
  readonly statusCode?: number | undefined;
}

/**
 * An answer of Azure Key Vault that cannot be used, or what stands for an error of the SDK: those hold the request, with the
 * bearer token and the data key. It is the `cause` of a `KeyServiceError`, and holds names, numbers and the service's message.
 */
export class AzureAnswerError extends Error {
  override readonly name = 'AzureAnswerError';
  readonly reason: KeyServiceErrorReason;
  readonly originalName: string | undefined;
  readonly code: string | undefined;
  readonly innererrorCode: string | undefined;
  readonly statusCode: number | undefined;

  constructor(message: string, reason: KeyServiceErrorReason, details: AzureAnswerErrorDetails = {}) {
    super(message);
    this.reason = reason;
    this.originalName = details.originalName;
    this.code = details.code;
    this.innererrorCode = details.innererrorCode;
    this.statusCode = details.statusCode;
  }
}
