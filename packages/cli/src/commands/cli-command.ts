import { Command, Help, Option } from 'commander';
import { EXIT } from '../failure/exit-codes';
import { coloured, heading } from '../terminal/colour';

/** What each exit code of a command means. What 2 means is the same for all: wrong usage. */
export interface Exits {
  /** 0. */
  readonly done: string;
  /** 1. */
  readonly failed: string;
  /** 3; undefined where the command never ends with it. */
  readonly found?: string;
}

/** What is said of a command below its options, in its help and in its manual page. */
export interface Manual {
  /** Paragraphs that stand in front of the examples. */
  readonly notes?: string;
  /** Command lines as a person types them into a shell. */
  readonly examples: readonly string[];
  readonly exits: Exits;
  /** The page of the documentation that is about it, with anchor: `key-rotation#large-namespaces`. */
  readonly page: string;
}

const SITE = 'https://waxseal.github.io/waxseal/';

/** A command that does something, and says all of it in its help. */
export class CliCommand extends Command {
  #manual: Manual | undefined;

  override createCommand(name?: string): CliCommand {
    return new CliCommand(name);
  }

  /** Sets what its help ends with. */
  withManual(manual: Manual): this {
    this.#manual = manual;
    return this.addHelpText('after', () => helpEnd(manual));
  }

  /** Gives a command that lists things the two options for programs. */
  withJsonOfMany(): this {
    return this.option('--json', 'print an array of JSON').addOption(
      new Option('--ndjson', 'print a line of JSON for each').conflicts('json'),
    );
  }

  /** Sets the page of a command that only holds others. */
  withPage(page: string): this {
    return this.addHelpText('after', () => documentation(page));
  }

  get manual(): Manual | undefined {
    return this.#manual;
  }
}

/** What exit codes mean whatever a command does. */
export const GENERAL_EXITS: Exits = {
  done: 'it was done, and what was asked about is so',
  failed: 'it failed, not all could be done or looked at, or what is checked is not in order',
  found: 'what the command line said was not to be is there, as with --fail-if-used',
};

/** The meaning of each exit code that a command can end with. */
export function exitRows({
  done,
  failed,
  found,
}: Exits): readonly (readonly [code: number, means: string])[] {
  return [
    [EXIT.done, done],
    [EXIT.failed, failed],
    [EXIT.usage, 'wrong usage'],
    ...(found === undefined ? [] : [[EXIT.found, found] as const]),
  ];
}

/** The address of a page of the documentation. */
export function addressOf(page: string): string {
  return `${SITE}${page}`;
}

/** A title of help, as a terminal shows it. */
export function titled(text: string): string {
  return coloured(heading(text));
}

const WIDEST = 100;

function helpEnd({ notes, examples, exits, page }: Manual): string {
  const help = new Help();
  help.prepareContext({ helpWidth: Math.min(WIDEST, process.stdout.columns || 80) });
  const width = help.helpWidth ?? 80;
  const paragraphs = notes
    ?.split('\n')
    // What is indented is a table.
    .map((line) => (line.startsWith(' ') ? line : help.boxWrap(line, width)));
  return [
    ...(paragraphs === undefined ? [] : ['', ...paragraphs]),
    '',
    titled('Examples:'),
    ...examples.map((example) => `  ${example}`),
    '',
    titled('Exit codes:'),
    ...exitRows(exits).map(([code, means]) => help.formatItem(String(code), 1, means, help)),
    documentation(page),
  ].join('\n');
}

function documentation(page: string): string {
  return `\n${titled('Documentation:')} ${addressOf(page)}`;
}
