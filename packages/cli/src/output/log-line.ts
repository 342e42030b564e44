import type { FailedRequest } from '@waxseal/codec-server';
import { isWaxsealError } from '@waxseal/core';
import { printable } from './printable';

/**
 * One line about a failed request. The messages of Waxseal's errors are safe to log; of any other error only its kind is
 * shown, because a codec's message may quote what it could not read.
 */
export function logLine(error: unknown, { requestId, status, code }: FailedRequest): string {
  const detail = isWaxsealError(error) ? error.message : error instanceof Error ? error.name : typeof error;
  return `request ${requestId}: ${String(status)} ${code}: ${printable(detail)}`;
}
