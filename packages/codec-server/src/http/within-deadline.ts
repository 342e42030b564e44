import { RequestError } from './request-error';

/**
 * Gives work a limited time. What becomes of it later is not waited for: the request has its answer.
 *
 * @param onGone calls back when the connection has ended; undefined where that cannot be found out
 * @param work gets a signal that ends it at the deadline, or when the client has gone
 * @throws RequestError 504 at the deadline, or 408 when the client has gone, which is also the signal's reason; what the work throws
 *   before
 */
export function withinDeadline<T>(
  ms: number,
  onGone: ((callback: () => void) => void) | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const ending = new AbortController();
    let isOver = false;
    const end = (status: 408 | 504, code: string, message: string): void => {
      if (isOver) return;
      isOver = true;
      const error = new RequestError(status, code, message);
      ending.abort(error);
      reject(error);
    };
    const timer = setTimeout(() => {
      end(504, 'DEADLINE_EXCEEDED', 'The answer took too long. Try again.');
    }, ms);
    onGone?.(() => {
      end(408, 'CLIENT_GONE', 'The connection ended before the answer.');
    });
    work(ending.signal)
      .then(resolve, reject)
      .finally(() => {
        isOver = true;
        clearTimeout(timer);
      });
  });
}
