import { endOnAbort, startDeadline } from '@waxseal/core';
import { RequestError } from './request-error';

/**
 * Gives work a limited time. What becomes of it later is not waited for: the request has its answer.
 *
 * @param parent ends it early: the client has gone
 * @param work gets a signal that ends it at the deadline
 * @throws RequestError 504 at the deadline, which is also the signal's reason; what the work throws before
 */
export async function withinDeadline<T>(
  ms: number,
  parent: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new RequestError(504, 'DEADLINE_EXCEEDED', 'The answer took too long. Try again.');
  const deadline = startDeadline(ms, parent, late);
  try {
    return await endOnAbort(work(deadline.signal), deadline.signal);
  } finally {
    deadline.end();
  }
}
