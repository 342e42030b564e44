import { CommanderError, Command } from 'commander';
import { auditCommand } from './commands/audit';
import { countCommand } from './commands/count';
import { decodeCommand } from './commands/decode';
import { devCommand } from './commands/dev';
import { doctorCommand } from './commands/doctor';
import { healthCommand } from './commands/health';
import { initCommand } from './commands/init';
import { inspectCommand } from './commands/inspect';
import { keygenCommand } from './commands/keygen';
import { keysCommand } from './commands/keys';
import { searchKeysCommand } from './commands/search-keys';
import { serveCommand } from './commands/serve';
import { storeCommand } from './commands/store';
import { subjectsCommand } from './commands/subjects';
import { type Output, steady, version } from './output';

const USAGE = 2;

const output: Output = {
  line: (text) => {
    process.stdout.write(`${steady(text)}\n`);
  },
  notice: (text) => process.stderr.write(`waxseal: ${steady(text)}\n`),
};

/** Whoever reads the result may stop, as `head` does. */
function endWithReader({ code }: NodeJS.ErrnoException): void {
  process.exit(code === 'EPIPE' ? process.exitCode : 1);
}

/**
 * Runs the `waxseal` command. Sets the exit code of the process: 0, 1 after a failure, 2 after wrong usage. A
 * failure is one line on standard error.
 *
 * @param args without the interpreter and the script
 */
export async function run(args: readonly string[]): Promise<void> {
  // A server goes on, and says itself what it cannot write.
  if (args[0] !== 'serve') process.stdout.on('error', endWithReader);
  try {
    await createProgram(output).parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : USAGE;
      return;
    }
    output.notice(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

/** The `waxseal` command. It throws a `CommanderError` where commander would exit. */
export function createProgram(output: Output): Command {
  const program = new Command('waxseal')
    .description('Envelope encryption for Temporal applications.')
    .version(version())
    .showHelpAfterError('(add --help for what it takes)');
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
  ].map((make) => make(output));
  for (const command of commands) {
    program.addCommand(command);
    inherit(command, program);
  }
  return program.exitOverride();
}

/** Gives a command, and those below it, the settings of the one that it belongs to. */
function inherit(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent).exitOverride();
  for (const child of command.commands) inherit(child, command);
}
