import { InvalidArgumentError, Option } from 'commander';
import type { Output } from '../output';
import { CliCommand } from './cli-command';

const DEFAULT_URL = 'http://127.0.0.1:8081/readyz';

interface HealthOptions {
  readonly url: URL;
  readonly ca?: string;
  readonly serverName?: string;
  readonly timeout: number;
  readonly json?: true;
}

/**
 * `waxseal health`: asks a running Codec Server whether it is well. For images that hold no shell and no HTTP
 * client.
 */
export function healthCommand({ line }: Output): CliCommand {
  return new CliCommand('health')
    .summary('ask a running Codec Server whether it is well, for health checks')
    .description('Sends one GET request, and fails where the answer is not 200. Redirects are not followed.')
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
    .option('--json', 'print JSON')
    .withManual({
      examples: [
        'waxseal health',
        'waxseal health --url https://127.0.0.1:8081/readyz --ca /etc/waxseal/tls/ca.crt --server-name codec.example.com',
      ],
      exits: { done: 'the answer is 200', failed: 'it is another, or there is none in time' },
      page: 'codec-server#health-and-metrics',
    })
    .action(async ({ url, ca, serverName, timeout, json }: HealthOptions) => {
      const { askHealth } = await import('../ask-health.js');
      const { withProgress } = await import('../terminal/progress.js');
      const options = {
        timeoutMs: timeout * 1000,
        ...(ca === undefined ? {} : { caFile: ca }),
        ...(serverName === undefined ? {} : { serverName }),
      };
      await withProgress(`asking ${url.href}`, () => askHealth(url, options));
      line(json === true ? JSON.stringify({ url: url.href, status: 200 }) : `${url.href} answers 200.`);
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
