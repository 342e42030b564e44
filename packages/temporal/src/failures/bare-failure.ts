import { ApplicationFailure, type ProtoFailure } from '@temporalio/common';

/** What can always be said of an error: message, stack, type and whether it may be retried. No causes, no details. */
export function bareFailure(error: unknown): ProtoFailure {
  if (!(error instanceof Error)) {
    return {
      message: 'A value that is no error was thrown',
      source: 'TypeScriptSDK',
      applicationFailureInfo: {},
    };
  }
  const { type, nonRetryable } =
    error instanceof ApplicationFailure ? error : { type: error.name, nonRetryable: undefined };
  return {
    message: error.message,
    stackTrace: error.stack ?? '',
    source: 'TypeScriptSDK',
    applicationFailureInfo: { type: type ?? 'Error', nonRetryable: nonRetryable ?? false },
  };
}
