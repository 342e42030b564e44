import type { Command } from 'commander';
import { auditCommand } from './commands/audit';
import { CliCommand, GENERAL_EXITS, titled } from './commands/cli-command';
import { completionCommand } from './commands/completion';
import { countCommand } from './commands/count';
import { decodeCommand } from './commands/decode';
import { devCommand } from './commands/dev';
import { doctorCommand } from './commands/doctor';
import { healthCommand } from './commands/health';
import { groupOptions } from './commands/option-groups';
import { initCommand } from './commands/init';
import { inspectCommand } from './commands/inspect';
import { keygenCommand } from './commands/keygen';
import { keysCommand } from './commands/keys';
import { searchKeysCommand } from './commands/search-keys';
import { serveCommand } from './commands/serve';
import { storeCommand } from './commands/store';
import { subjectsCommand } from './commands/subjects';
import { COLOURLESS, type Output, version } from './output';

/**
 * The tree of all commands. It prints help and the version; of what is wrong it prints nothing, and throws a
 * `CommanderError` where commander would exit.
 */
export function createProgram(output: Output, colours = COLOURLESS): Command {
  const program = new CliCommand('waxseal')
    .description('Envelope encryption for Temporal applications.')
    .version(version(), '-V, --version', 'print the version')
    .configureOutput({
      outputError: () => undefined,
      getOutHasColors: () => colours.out,
      getErrHasColors: () => colours.err,
    })
    // Where nothing has colours, commander takes them out of help again.
    .configureHelp({ styleTitle: titled })
    .option('--no-color', NO_COLOUR)
    .withManual({
      examples: ['waxseal init', 'waxseal doctor', 'waxseal dev', 'waxseal keys usage --help'],
      exits: GENERAL_EXITS,
      page: 'command',
    });
  const commands = [
    initCommand,
    keygenCommand,
    devCommand,
    doctorCommand,
    serveCommand,
    healthCommand,
    inspectCommand,
    decodeCommand,
    countCommand,
    auditCommand,
    keysCommand,
    storeCommand,
    subjectsCommand,
    searchKeysCommand,
    completionCommand,
  ].map((make) => make(output));
  for (const command of commands) {
    program.addCommand(command);
    inherit(command, program);
  }
  return program.exitOverride();
}

const NO_COLOUR = 'print without colours (NO_COLOR), which only a terminal gets (FORCE_COLOR)';

/** Gives a command, and those below it, the settings of the one that it belongs to. */
function inherit(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent).exitOverride();
  if (command.commands.length === 0) groupOptions(command.option('--no-color', NO_COLOUR));
  for (const child of command.commands) inherit(child, command);
}

/** The commands that come with another, and those that come with them. */
export function allCommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

/** The command that arguments name, as far as they name one. */
export function namedCommand(program: Command, args: readonly string[]): Command {
  let named = program;
  for (const arg of args) {
    const next = named.commands.find((command) => command.name() === arg);
    if (next === undefined) break;
    named = next;
  }
  return named;
}

/** The command as a person types it: `waxseal keys usage`. */
export function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
