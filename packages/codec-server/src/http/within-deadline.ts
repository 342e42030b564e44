import { endOnAbort, startDeadline } from '@waxseal/core';
import { RequestError } from './request-error';

/**
 * Gives work a limited time. What becomes of it later is not waited for: the request has its answer.
 *
 * @param onGone calls back when the connection has ended; undefined where that cannot be found out
 * @param work gets a signal that ends it at the deadline, or when the client has gone
 * @throws RequestError 504 at the deadline, or 408 when the client has gone, which is also the signal's reason; what the work throws
 *   before
 */
export async function withinDeadline<T>(
  ms: number,
  onGone: ((callback: () => void) => void) | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new RequestError(504, 'DEADLINE_EXCEEDED', 'The answer took too long. Try again.');
  const deadline = startDeadline(ms, undefined, late);
  let isOver = false;
  onGone?.(() => {
    if (isOver) return;
    deadline.abort(new RequestError(408, 'CLIENT_GONE', 'The connection ended before the answer.'));
  });
  try {
    return await endOnAbort(work(deadline.signal), deadline.signal);
  } finally {
    isOver = true;
    deadline.end();
  }
}
