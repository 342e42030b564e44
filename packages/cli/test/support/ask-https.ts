import { request, type RequestOptions } from 'node:https';

/** Makes one request over a connection of its own, and gives the status, or the code of what went wrong. */
export function askHttps(url: string, options: RequestOptions, body?: string): Promise<number | string> {
  return new Promise((resolve) => {
    const method = body === undefined ? 'GET' : 'POST';
    const sent = request(url, { method, agent: false, ...options }, (response) => {
      response.resume().once('end', () => {
        resolve(response.statusCode ?? 0);
      });
    });
    sent.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? 'unknown');
    });
    sent.end(body);
  });
}
