import { CommanderError } from 'commander';
import { createProgram } from './create-program';
import type { Output } from './output/output';

const USAGE = 2;

const output: Output = {
  line: (text) => process.stdout.write(`${text}\n`),
  notice: (text) => process.stderr.write(`waxseal: ${text}\n`),
};

/**
 * Runs the `waxseal` command. Sets the exit code of the process: 0, 1 after a failure, 2 after wrong usage. A failure is one
 * line on standard error.
 *
 * @param args without the interpreter and the script
 */
export async function run(args: readonly string[]): Promise<void> {
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
