import { asBuffer, onAbort } from '@waxseal/core/internal';
import { bodyTooLarge, RequestError } from '../request-error';
import type { BodyAccount, RequestDeadline } from './limits';
import type { RequestBody, ServerRequest } from '../server-request';

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
 * @param deadline ends the reading
 * @throws RequestError 400, 408 where the body comes too slowly, 413, 415, or 503 where the account has no
 *   room
 * @throws the deadline's reason
 */
export async function readBody(
  request: ServerRequest,
  limitBytes: number,
  account: BodyAccount,
  deadline: RequestDeadline,
): Promise<Buffer> {
  const encoding = request.header('content-encoding')?.trim().toLowerCase();
  if (encoding !== undefined && encoding !== '' && encoding !== 'identity') {
    throw new RequestError(415, 'UNSUPPORTED_CONTENT_ENCODING', 'Send the body without Content-Encoding.');
  }
  const declared = Number(request.header('content-length') ?? NaN);
  if (declared > limitBytes) throw bodyTooLarge(limitBytes);
  try {
    if (declared <= SMALL_BYTES) {
      // HTTP ends a body at its declared length: it cannot grow while it is read.
      account.add(declared);
      const body = await readChunks(request.body, limitBytes, declared, account).done;
      account.resize(body.length);
      return body;
    }
    return await readWatched(request.body, limitBytes, account, deadline);
  } catch (cause) {
    if (cause instanceof RequestError) throw cause;
    deadline.throwIfAborted();
    throw new RequestError(400, 'INCOMPLETE_BODY', 'The body ended before it was complete.', { cause });
  }
}

/** A body that is read chunk by chunk. */
interface Chunks {
  readonly done: Promise<Buffer>;
  /** Bytes so far. */
  readonly length: () => number;
  readonly stop: (reason: Error) => void;
}

/**
 * Reads up to the first chunk that passes the limit.
 *
 * @param charged bytes that the account was charged with already
 */
function readChunks(body: RequestBody, limitBytes: number, charged: number, account: BodyAccount): Chunks {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reading = body.read((chunk) => {
    const end = length + chunk.length;
    if (end > limitBytes) throw bodyTooLarge(limitBytes);
    if (end > charged) account.add(end - Math.max(length, charged));
    length = end;
    chunks.push(chunk);
  });
  return {
    done: reading.done.then(() => toBuffer(chunks, length)),
    length: () => length,
    stop: (reason) => {
      reading.stop(reason);
    },
  };
}

function toBuffer(chunks: readonly Uint8Array[], length: number): Buffer {
  const [first] = chunks;
  if (chunks.length !== 1 || first === undefined) return Buffer.concat(chunks, length);
  return asBuffer(first);
}

/** Reads a body of any length, while it comes fast enough. */
async function readWatched(
  body: RequestBody,
  limitBytes: number,
  account: BodyAccount,
  deadline: RequestDeadline,
): Promise<Buffer> {
  const { done, length, stop } = readChunks(body, limitBytes, 0, account);
  const started = performance.now();
  const watch = setInterval(() => {
    const overtimeMs = performance.now() - started - GRACE_MS;
    if (length() * 1000 < overtimeMs * LEAST_BYTES_PER_SECOND) stop(tooSlow());
  }, CHECK_MS);
  const { signal } = deadline;
  const unlink = onAbort(signal, () => {
    stop(signal.reason as Error);
  });
  try {
    return await done;
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
