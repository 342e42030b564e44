import { Argument, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../failure/command-errors';
import type { RotateOptions } from '../keys/rotate';
import type { Output } from '../output';
import { CliCommand } from './cli-command';
import { goOn } from './go-on';
import { withKeyOptions } from './options';

/** Options as commander gives them. */
interface Given extends Pick<
  RotateOptions,
  'config' | 'primaryKey' | 'additionalKey' | 'decryptKey' | 'to' | 'from'
> {
  readonly codecServer?: readonly URL[];
  readonly workerMetrics?: readonly URL[];
  readonly prometheus?: URL;
  readonly prometheusMatch?: string;
  readonly expectWorkers?: number;
  readonly unchecked?: true;
  readonly usage?: readonly string[];
  readonly allowMissing?: true;
  readonly ca?: string;
  readonly timeout: number;
  readonly write?: true;
  readonly yes?: true;
  readonly json?: true;
}

/** `waxseal keys rotate`: goes the stages of a rotation, each only where it is safe. */
export function keysRotateCommand(output: Output): CliCommand {
  return withKeyOptions(
    new CliCommand('rotate')
      .summary('take a new key into use in stages, each checked to be safe')
      .description(
        'Goes one stage of a rotation. add: the new key only decrypts, to be deployed everywhere. promote: it becomes the primary key, once every process that was asked has it for reading. retire: the old key is taken out, once a report of usage shows that nothing needs it. Each prints the change of the configuration, or writes it with --write. status says in which stage each process is.',
      ),
  )
    .addArgument(
      new Argument('[stage]', 'the stage to go')
        .choices(['status', 'add', 'promote', 'retire'])
        .default('status'),
    )
    .requiredOption('--to <uri or key ID>', 'the new key; for add its URI')
    .option(
      '--from <uri or key ID>',
      'the old key (default: the primary key, or the only other one that just decrypts)',
    )
    .option(
      '--codec-server <url>',
      'base URL of a Codec Server to ask; repeatable: each replica answers for itself',
      addUrl,
    )
    .option(
      '--worker-metrics <url>',
      'where a worker shows its metrics (@waxseal/opentelemetry) in the format of Prometheus; repeatable',
      addUrl,
    )
    .option('--prometheus <url>', 'base URL of a Prometheus server that scrapes the workers', parseUrl)
    .option(
      '--prometheus-match <matchers>',
      'which series are of workers, such as job="orders"',
      parseMatchers,
    )
    .option('--expect-workers <number>', 'how many workers there are; fewer are a refusal', parseCount)
    .option(
      '--unchecked',
      'DANGEROUS: go on though processes were not asked; one that was asked must have the key',
    )
    .option(
      '--usage <file>',
      'for retire: what "waxseal keys usage --json" printed, not older than a day; repeatable, one for each namespace',
      addText,
    )
    .option('--allow-missing', 'for retire: take it for enough that no report names the old key')
    .option('--ca <file>', 'certificates (PEM) of the authorities to trust, in the place of the usual ones')
    .addOption(
      new Option('--timeout <seconds>', 'longest wait for each answer: 1 to 60')
        .default(5)
        .argParser(parseSeconds),
    )
    .option('--write', 'write the change to a configuration file of JSON, after a question')
    .option('--yes', 'with --write: ask nothing')
    .option('--json', 'print JSON')
    .withManual({
      examples: [
        'waxseal keys rotate add --to awskms:///arn:aws:kms:eu-west-1:111122223333:key/… --write',
        'waxseal keys rotate --to arn:aws:kms:… --codec-server http://10.0.0.7:8081 --worker-metrics http://10.0.0.9:9464/metrics',
        'waxseal keys rotate promote --to arn:aws:kms:… --prometheus http://prometheus:9090 --expect-workers 12',
      ],
      exits: { done: 'the stage was gone, or may be', failed: 'it is refused, or a process does not tell' },
      page: 'rotating-a-key',
    })
    .action(async (stage: 'status' | 'add' | 'promote' | 'retire', given: Given) => {
      const { rotate } = await import('../keys/rotate.js');
      await rotate(stage, await optionsOf(given, output), output);
    });
}

async function optionsOf(given: Given, { notice }: Output): Promise<RotateOptions> {
  const { write = false, json = false, yes = false, timeout, ca } = given;
  const isAsked = write && !yes;
  if (isAsked && (json || !process.stdin.isTTY)) {
    throw new UsageError('--write asks before it writes: where nobody can answer, add --yes.');
  }
  const { readCertificates } = await import('../get-text.js');
  return {
    ...given,
    from: given.from,
    codecServers: given.codecServer ?? [],
    workerMetrics: given.workerMetrics ?? [],
    prometheus: given.prometheus,
    prometheusMatch: given.prometheusMatch,
    expectWorkers: given.expectWorkers,
    unchecked: given.unchecked === true,
    usage: given.usage ?? [],
    allowMissing: given.allowMissing === true,
    write,
    json,
    get: { timeoutMs: timeout * 1000, ca: ca === undefined ? undefined : await readCertificates(ca) },
    confirm: isAsked ? () => goOn(notice, 'Go on, and write it?') : undefined,
  };
}

function addText(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}

function addUrl(value: string, previous: readonly URL[] | undefined): readonly URL[] {
  return [...(previous ?? []), parseUrl(value)];
}

function parseUrl(value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new InvalidArgumentError('Write it as http://10.0.0.9:9464/metrics, without a user name.');
  }
  return url;
}

function parseMatchers(value: string): string {
  if (/[{}\n]/.test(value))
    throw new InvalidArgumentError('Write matchers without braces, such as job="orders".');
  return value;
}

function parseCount(value: string): number {
  if (!/^\d{1,6}$/.test(value)) throw new InvalidArgumentError('Write a whole number.');
  return Number(value);
}

function parseSeconds(value: string): number {
  const seconds = /^\d{1,2}$/.test(value) ? Number(value) : Number.NaN;
  if (!(seconds >= 1 && seconds <= 60)) throw new InvalidArgumentError('Write whole seconds from 1 to 60.');
  return seconds;
}
