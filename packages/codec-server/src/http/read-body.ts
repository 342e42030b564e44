import { bodyTooLarge } from './body-too-large';
import { RequestError } from './request-error';

/**
 * Reads a request's body, holding no more than the limit.
 *
 * @param limitBytes largest body
 * @throws RequestError 400, 413 or 415
 */
export async function readBody(request: Request, limitBytes: number): Promise<Buffer> {
  const encoding = request.headers.get('Content-Encoding')?.trim().toLowerCase();
  if (encoding !== undefined && encoding !== '' && encoding !== 'identity') {
    throw new RequestError(415, 'UNSUPPORTED_CONTENT_ENCODING', 'Send the body without Content-Encoding.');
  }
  const declared = request.headers.get('Content-Length');
  if (declared !== null && Number(declared) > limitBytes) throw bodyTooLarge(limitBytes);
  try {
    // HTTP ends a body at its declared length. Only where none is declared can it grow while it is read.
    const body =
      declared === null ? await readStream(request, limitBytes) : Buffer.from(await request.arrayBuffer());
    if (body.length <= limitBytes) return body;
  } catch (cause) {
    throw new RequestError(400, 'INCOMPLETE_BODY', 'The body ended before it was complete.', { cause });
  }
  throw bodyTooLarge(limitBytes);
}

/** Reads up to the first chunk that passes the limit. */
async function readStream({ body }: Request, limitBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (body !== null) {
    for await (const chunk of body as ReadableStream<Uint8Array>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > limitBytes) break;
    }
  }
  return Buffer.concat(chunks, length);
}
