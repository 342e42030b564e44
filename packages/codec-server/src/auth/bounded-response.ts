import { IssuerUnavailableError } from './issuer-unavailable-error';

/**
 * The same answer with its body read, so that an issuer, or whoever answers in its place, cannot fill the memory.
 *
 * @throws IssuerUnavailableError when the body is larger
 */
export async function boundedResponse(response: Response, maxBytes: number): Promise<Response> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (response.body !== null) {
    for await (const chunk of response.body as ReadableStream<Uint8Array>) {
      length += chunk.length;
      if (length > maxBytes) {
        throw new IssuerUnavailableError(`${response.url} answered more than ${String(maxBytes)} bytes.`);
      }
      chunks.push(chunk);
    }
  }
  const { status, headers } = response;
  return new Response(length === 0 ? null : Buffer.concat(chunks, length), { status, headers });
}
