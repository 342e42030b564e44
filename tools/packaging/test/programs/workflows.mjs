import { ApplicationFailure } from '@temporalio/workflow';

export function fails(text) {
  throw ApplicationFailure.nonRetryable(`boom ${text}`);
}
