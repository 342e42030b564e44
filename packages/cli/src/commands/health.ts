import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { ConfigurationError } from '@waxseal/core';
import { startDeadline } from '@waxseal/core/internal';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Output } from '../output';

const DEFAULT_URL = 'http://127.0.0.1:8081/readyz';

interface HealthOptions {
  readonly url: URL;
  readonly ca?: string;
  readonly serverName?: string;
  readonly timeout: number;
}

/**
 * `waxseal health`: asks a running Codec Server whether it is well. For images that hold no shell and no HTTP
 * client.
 */
export function healthCommand({ line }: Output): Command {
  return new Command('health')
    .summary('ask a running Codec Server whether it is well, for health checks')
    .description(
      'Sends one GET request and exits with 0 when the answer is 200, else with 1 and one line on standard error. Redirects are not followed.',
    )
    .addOption(
      new Option(
        '--url <url>',
        '/readyz: keys can be used and it is not stopping; /healthz: the process lives',
      )
        .env('WAXSEAL_HEALTH_URL')
        .default(new URL(DEFAULT_URL), DEFAULT_URL)
        .argParser(parseUrl),
    )
    .addOption(
      new Option(
        '--ca <file>',
        'certificates (PEM) of the authorities to trust, in the place of the usual ones',
      ).env('WAXSEAL_HEALTH_CA'),
    )
    .addOption(
      new Option(
        '--server-name <name>',
        'name that the certificate must be for, where the URL has an address',
      ).env('WAXSEAL_HEALTH_SERVER_NAME'),
    )
    .addOption(
      new Option('--timeout <seconds>', 'longest wait for the answer: 1 to 60')
        .default(3)
        .argParser(parseSeconds),
    )
    .addHelpText(
      'after',
      `
Examples:
  waxseal health
  waxseal health --url https://127.0.0.1:8081/readyz --ca /etc/waxseal/tls/ca.crt --server-name codec.example.com`,
    )
    .action(async ({ url, ca, serverName, timeout }: HealthOptions) => {
      await askHealth(url, {
        timeoutMs: timeout * 1000,
        ...(ca === undefined ? {} : { ca: await read(ca) }),
        ...(serverName === undefined ? {} : { serverName }),
      });
      line(`${url.href} answers 200.`);
    });
}

function parseUrl(value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new InvalidArgumentError(`Write it as ${DEFAULT_URL}, without a user name.`);
  }
  return url;
}

function parseSeconds(value: string): number {
  const seconds = /^\d{1,2}$/.test(value) ? Number(value) : Number.NaN;
  if (!(seconds >= 1 && seconds <= 60)) throw new InvalidArgumentError('Write whole seconds from 1 to 60.');
  return seconds;
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new ConfigurationError(`--ca: ${JSON.stringify(file)} cannot be read (${code}).`, { cause });
  }
}

/** How {@link askHealth} asks. */
interface AskHealthOptions {
  /** Longest time until the answer's status is there, in milliseconds. */
  readonly timeoutMs: number;
  /** PEM certificates of the authorities to trust, in the place of Node's. HTTPS only. */
  readonly ca?: string;
  /** Name that the certificate must be for, where that is not the URL's host. HTTPS only. */
  readonly serverName?: string;
}

/**
 * Sends one GET request. The certificate of an HTTPS server is always verified.
 *
 * @throws Error with one sentence when the answer is not 200, or there is none in time
 */
async function askHealth(url: URL, { timeoutMs, ca, serverName }: AskHealthOptions): Promise<void> {
  const deadline = startDeadline(timeoutMs);
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
    throw new Error(`${url.href} ${what}.`, { cause });
  } finally {
    deadline.end();
    request.destroy();
  }
  if (status !== 200) throw new Error(`${url.href} answers ${String(status)}, not 200.`);
}
