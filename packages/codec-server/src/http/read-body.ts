import { onAbort } from '@waxseal/core/internal';
import type { BodyAccount } from './limits';
import { bodyTooLarge, RequestError } from '../request-error';

/** Bodies up to this length are accounted for at once, and not watched while they arrive. */
const SMALL_BYTES = 64 * 1024;

/** From this time on, a body must have arrived at this rate on the average. */
const GRACE_MS = 2_000;
const LEAST_BYTES_PER_SECOND = 16 * 1024;
const CHECK_MS = 500;

/**
 * Reads a request's body, holding no more than the limit.
 *
 * @param limitBytes largest body
 * @param account is charged as the bytes arrive
 * @param signal ends the reading
 * @throws RequestError 400, 408 where the body comes too slowly, 413, 415, or 503 where the account has no
 *   room
 * @throws the signal's reason
 */
export async function readBody(
  request: Request,
  limitBytes: number,
  account: BodyAccount,
  signal: AbortSignal,
): Promise<Buffer> {
  const encoding = request.headers.get('Content-Encoding')?.trim().toLowerCase();
  if (encoding !== undefined && encoding !== '' && encoding !== 'identity') {
    throw new RequestError(415, 'UNSUPPORTED_CONTENT_ENCODING', 'Send the body without Content-Encoding.');
  }
  const declared = request.headers.get('Content-Length');
  if (declared !== null && Number(declared) > limitBytes) throw bodyTooLarge(limitBytes);
  try {
    if (declared === null || Number(declared) > SMALL_BYTES) {
      return await readStream(request, limitBytes, account, signal);
    }
    // HTTP ends a body at its declared length: it cannot grow while it is read.
    account.add(Number(declared));
    const body = Buffer.from(await request.arrayBuffer());
    if (body.length > limitBytes) throw bodyTooLarge(limitBytes);
    account.resize(body.length);
    return body;
  } catch (cause) {
    if (cause instanceof RequestError) throw cause;
    if (signal.aborted) throw signal.reason;
    throw new RequestError(400, 'INCOMPLETE_BODY', 'The body ended before it was complete.', { cause });
  }
}

/** Reads up to the first chunk that passes the limit, while the body comes fast enough. */
async function readStream(
  { body }: Request,
  limitBytes: number,
  account: BodyAccount,
  signal: AbortSignal,
): Promise<Buffer> {
  if (body === null) return Buffer.alloc(0);
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  let failure: Error | undefined;
  const stop = (reason: Error): void => {
    failure ??= reason;
    // A read that is under way ends as if the body were over.
    reader.cancel(reason).catch(() => undefined);
  };
  const started = performance.now();
  const watch = setInterval(() => {
    const overtimeMs = performance.now() - started - GRACE_MS;
    if (length * 1000 < overtimeMs * LEAST_BYTES_PER_SECOND) stop(tooSlow());
  }, CHECK_MS);
  const unlink = onAbort(signal, () => {
    stop(signal.reason as Error);
  });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (failure !== undefined) throw failure;
      if (done) return Buffer.concat(chunks, length);
      length += value.length;
      if (length > limitBytes) throw bodyTooLarge(limitBytes);
      account.add(value.length);
      chunks.push(value);
    }
  } catch (error) {
    stop(error as Error);
    throw error;
  } finally {
    clearInterval(watch);
    unlink();
  }
}

function tooSlow(): RequestError {
  return new RequestError(
    408,
    'SLOW_BODY',
    `The body came more slowly than ${String(LEAST_BYTES_PER_SECOND / 1024)} KiB a second. Send it again.`,
  );
}
