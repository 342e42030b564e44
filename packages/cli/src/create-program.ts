import { Command } from 'commander';
import { doctorCommand } from './commands/doctor';
import { healthCommand } from './commands/health';
import { inspectCommand } from './commands/inspect';
import { keygenCommand } from './commands/keygen';
import { serveCommand } from './commands/serve';
import type { Output } from './output/output';
import { version } from './version';

/** The `waxseal` command. It throws a `CommanderError` where commander would exit. */
export function createProgram(output: Output): Command {
  const program = new Command('waxseal')
    .description('Envelope encryption for Temporal applications.')
    .version(version())
    .showHelpAfterError('(add --help for what it takes)');
  const commands = [keygenCommand, doctorCommand, serveCommand, healthCommand, inspectCommand].map((make) =>
    make(output),
  );
  for (const command of commands) {
    program.addCommand(command.copyInheritedSettings(program).exitOverride());
  }
  return program.exitOverride();
}
