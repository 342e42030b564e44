import { once } from 'node:events';
import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { Deadline } from '@waxseal/core/internal';
import { UnhealthyError } from './failure/command-errors';
import { readCertificates } from './get-text';

/** How {@link askHealth} asks. */
interface AskHealthOptions {
  /** Longest time until the answer's status is there, in milliseconds. */
  readonly timeoutMs: number;
  /** File of PEM certificates of the authorities to trust, in the place of Node's. HTTPS only. */
  readonly caFile?: string;
  /** Name that the certificate must be for, where that is not the URL's host. HTTPS only. */
  readonly serverName?: string;
}

/**
 * Sends one GET request. The certificate of an HTTPS server is always verified.
 *
 * @throws UnhealthyError when the answer is not 200, or there is none in time
 */
export async function askHealth(
  url: URL,
  { timeoutMs, caFile, serverName }: AskHealthOptions,
): Promise<void> {
  const ca = caFile === undefined ? undefined : await readCertificates(caFile);
  const deadline = new Deadline(timeoutMs);
  // A connection of its own: a kept one would tell of a process that accepts no others any more.
  const common = { agent: false, signal: deadline.signal, headers: { accept: 'text/plain' } } as const;
  const request =
    url.protocol === 'https:'
      ? getHttps(url, {
          ...common,
          ...(ca === undefined ? {} : { ca }),
          ...(serverName === undefined ? {} : { servername: serverName }),
        })
      : getHttp(url, common);
  let status: number | undefined;
  try {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    status = response.statusCode;
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    const what = deadline.isPast
      ? `does not answer within ${String(timeoutMs)} ms`
      : `cannot be asked: ${code}`;
    throw new UnhealthyError(`${url.href} ${what}.`, { cause });
  } finally {
    deadline.end();
    request.destroy();
  }
  if (status !== 200) throw new UnhealthyError(`${url.href} answers ${String(status)}, not 200.`);
}
