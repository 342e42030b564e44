import type { Command } from 'commander';
import { CliCommand } from '../../src/commands/cli-command';
import type { Output } from '../../src/output';
import { allCommands, createProgram } from '../../src/program';

/** An output that nobody reads. */
export const NOWHERE: Output = { line: () => undefined, notice: () => undefined };

/** The tree of commands, and those in it that do something: all but the ones that only hold others. */
export function doers(program: Command = createProgram(NOWHERE)): readonly CliCommand[] {
  return allCommands(program).filter(
    (command): command is CliCommand => command.commands.length === 0 && command instanceof CliCommand,
  );
}
