import { RequestError } from './request-error';

/**
 * Gives work a limited time. What becomes of it later is of no consequence: the request has its answer.
 *
 * @param work gets a signal that ends it at the deadline
 * @throws RequestError 504 at the deadline, which is also the signal's reason; what the work throws before
 */
export async function withinDeadline<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new RequestError(504, 'DEADLINE_EXCEEDED', 'The answer took too long. Try again.');
      reject(error);
      controller.abort(error);
    }, ms);
  });
  try {
    return await Promise.race([work(controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
