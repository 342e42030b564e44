import type { FailedRequest } from '@waxseal/codec-server';

import { printable } from '../../output/printable';
import { detailOf } from './detail-of';

/** One line about a failed request. */
export function requestLine(error: unknown, { requestId, status, code }: FailedRequest): string {
  return `request ${requestId}: ${String(status)} ${code}: ${printable(detailOf(error))}`;
}
