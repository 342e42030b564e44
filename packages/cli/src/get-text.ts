import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { ConfigurationError } from '@waxseal/core';
import { Deadline } from '@waxseal/core/internal';

/** How {@link getText} asks. */
export interface GetOptions {
  /** Longest time until the whole answer is there, in milliseconds. */
  readonly timeoutMs: number;
  /** Certificates (PEM) of the authorities to trust, in the place of Node's. HTTPS only. */
  readonly ca?: string | undefined;
}

/** An answer, whatever its status. */
export interface TextAnswer {
  readonly status: number;
  readonly text: string;
}

const MOST_BYTES = 8 * 1024 * 1024;
const IN_WORDS = '8 MiB';

/**
 * Sends one GET request, over a connection of its own. Redirects are not followed, and the certificate of an
 * HTTPS server is verified.
 *
 * @returns the answer; where there is none, why not, as a clause for a person
 */
export async function getText(url: URL, { timeoutMs, ca }: GetOptions): Promise<TextAnswer | string> {
  const deadline = new Deadline(timeoutMs);
  const options = {
    agent: false,
    signal: deadline.signal,
    headers: { accept: 'text/plain, application/json' },
  };
  const request =
    url.protocol === 'https:'
      ? getHttps(url, { ...options, ...(ca === undefined ? {} : { ca }) })
      : getHttp(url, options);
  try {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) return `its answer is longer than ${IN_WORDS}`;
      chunks.push(chunk);
    }
    return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') };
  } catch (error) {
    if (deadline.isPast) return `it does not answer within ${String(timeoutMs)} ms`;
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    return `it cannot be asked (${code})`;
  } finally {
    deadline.end();
    request.on('error', () => undefined);
    request.destroy();
  }
}

/** @throws ConfigurationError when the file cannot be read */
export async function readCertificates(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new ConfigurationError(`--ca: ${JSON.stringify(file)} cannot be read (${code}).`, { cause });
  }
}
