import type { HttpResult } from './http-result';

/** A Codec Server's answer, which is always text, as a function gives it. */
export async function toResult(response: Response): Promise<HttpResult> {
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
    isBase64Encoded: false,
  };
}
