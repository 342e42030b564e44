/**
 * Most bytes that the body of a request can have: what it declares, and where it declares nothing, the limit.
 *
 * @param limitBytes largest body that is read
 */
export function longestBody(headers: Headers, limitBytes: number): number {
  const declared = Number(headers.get('Content-Length') ?? limitBytes);
  return declared >= 0 && declared < limitBytes ? declared : limitBytes;
}
