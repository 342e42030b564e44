import type { AuditHead } from '@waxseal/codec-server';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Output } from '../output';
import { CliCommand } from './cli-command';

/** `waxseal audit`: answers from the audit log of a Codec Server. */
export function auditCommand(output: Output): CliCommand {
  const command = new CliCommand('audit')
    .withPage('audit')
    .summary('answer from the audit log of a Codec Server: was it altered, who read what')
    .description(
      'Reads the lines that "waxseal serve --audit" wrote: whether they were altered since, who read a workflow, and who used a key. It needs no key of payloads.',
    );
  for (const make of [verifyCommand, queryCommand, headCommand]) command.addCommand(make(output));
  return command;
}

interface VerifyFlags {
  readonly auditKeyFile?: readonly string[];
  readonly expectHead?: readonly string[];
  readonly strict?: true;
  readonly containerLog?: true;
  readonly json?: true;
}

function verifyCommand(output: Output): CliCommand {
  return new CliCommand('verify')
    .summary('find out whether lines were altered, removed, inserted or reordered')
    .description(
      'Follows the hash chains through the lines of one server, and prints what was verified and each break. Lines that were cut off at the end show only against a head that was kept elsewhere.',
    )
    .argument('<files...>', 'files of one server, the oldest first, .gz too, or - for standard input')
    .addOption(
      new Option(
        '--audit-key-file <file>',
        'secret that the lines are signed with, as of "waxseal serve"; repeatable, for keys of earlier times (WAXSEAL_AUDIT_KEY_FILE)',
      ).argParser(append),
    )
    .addOption(
      new Option(
        '--expect-head <head>',
        'line that must be there, as the log of the server or "waxseal audit head" named it; repeatable',
      ).argParser(append),
    )
    .option('--strict', 'lines that are not chained, not signed, or in front of the first file are breaks')
    .option(
      '--container-log',
      'the lines are from standard output: other text may stand between, and each start begins anew',
    )
    .option('--json', 'print JSON')
    .withManual({
      examples: [
        'waxseal audit verify audit.jsonl.2.gz audit.jsonl.1 audit.jsonl',
        'waxseal audit verify audit.jsonl --audit-key-file audit.key --expect-head 5f0c6d2ab1e4f377:812:9c1f…',
        'kubectl logs deploy/waxseal-codec-server | waxseal audit verify --container-log -',
      ],
      exits: { done: 'the chains are intact', failed: 'there is a break, or a file cannot be read' },
      page: 'audit#whether-it-was-altered',
    })
    .action(async (files: string[], flags: VerifyFlags, self: Command) => {
      const { parseHead } = await import('../audit/file-end.js');
      const { readAuditKey } = await import('../audit/audit-key.js');
      const { verify } = await import('../audit/verify.js');
      const expected = (flags.expectHead ?? []).map((text): AuditHead => {
        const head = parseHead(text);
        return head ?? self.error('error: --expect-head must be <chain>:<number>:<hash>.');
      });
      const fromEnvironment = process.env['WAXSEAL_AUDIT_KEY_FILE'];
      const keyFiles = flags.auditKeyFile ?? (fromEnvironment ? [fromEnvironment] : []);
      const keys = keyFiles.map(readAuditKey);
      const { strict = false, containerLog = false, json = false } = flags;
      const options = { keys, expected, isStrict: strict, isFromLog: containerLog, isJson: json };
      await verify(files, options, output);
    });
}

interface QueryFlags {
  readonly workflow?: string;
  readonly run?: string;
  readonly key?: string;
  readonly principal?: string;
  readonly since?: number;
  readonly until?: number;
  readonly last?: true;
  readonly json?: true;
}

function queryCommand(output: Output): CliCommand {
  return new CliCommand('query')
    .summary('find out who read a workflow, or when a key was last used and by whom')
    .description(
      'Prints the records that are about a workflow, a key or a principal, what each principal did, and where the answer is not complete. Given several, all must hold.',
    )
    .argument('<files...>', 'files, the oldest first, .gz too, or - for standard input')
    .option('--workflow <id>', 'workflow that envelopes are bound to, or that the client named')
    .option('--run <id>', 'with --workflow: without records of which the client named another run')
    .option('--key <id>', 'key that payloads name')
    .option('--principal <name>', 'who asked: subject, name of a static token, or name in a certificate')
    .option('--since <time>', 'from this time on, such as 2026-03-01T09:00:00Z', parseTime)
    .option('--until <time>', 'before this time', parseTime)
    .option('--last', 'only the last record of data that was answered')
    .option('--json', 'print JSON')
    .withManual({
      examples: [
        'waxseal audit query --workflow order-1 audit.jsonl.1 audit.jsonl',
        'waxseal audit query --key orders --last audit.jsonl',
        'waxseal audit query --principal alice --since 2026-03-01 --json audit.jsonl',
      ],
      exits: { done: 'the files were read, whatever they hold', failed: 'a file cannot be read' },
      page: 'audit#who-read-a-workflow',
    })
    .action(async (files: string[], flags: QueryFlags, self: Command) => {
      const { workflow, run, key, principal, last = false, json = false } = flags;
      if ((workflow ?? key ?? principal) === undefined) {
        self.error('error: give --workflow, --key or --principal.');
      }
      if (run !== undefined && workflow === undefined) self.error('error: --run needs --workflow.');
      const { query } = await import('../audit/query.js');
      await query(files, { ...flags, isLast: last, isJson: json }, output);
    });
}

function headCommand(output: Output): CliCommand {
  return new CliCommand('head')
    .summary('print the last line of a chain, to be kept elsewhere')
    .description(
      'Prints <chain>:<number>:<hash> of the last line that is in a chain, for "waxseal audit verify --expect-head". Keep it where whoever can write the file cannot.',
    )
    .argument('<file>', 'the file that is written now, or the newest')
    .option('--json', 'print JSON')
    .withManual({
      examples: ['waxseal audit head /var/log/waxseal/audit.jsonl'],
      exits: { done: 'there is a last line of a chain', failed: 'there is none, or the file cannot be read' },
      page: 'audit#whether-it-was-altered',
    })
    .action(async (file: string, { json }: { readonly json?: true }) => {
      const { printHead } = await import('../audit/file-end.js');
      await printHead(file, json === true, output);
    });
}

function append(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}

function parseTime(value: string): number {
  const ms = Date.parse(value);
  if (Number.isNaN(ms)) throw new InvalidArgumentError('It is no time, such as 2026-03-01T09:00:00Z.');
  return ms;
}
