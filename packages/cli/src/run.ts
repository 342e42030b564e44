import { CommanderError } from 'commander';
import { EXIT } from './failure/exit-codes';
import { UsageError } from './failure/command-errors';
import { type ProcessOutput, processOutput } from './output';
import { createProgram, namedCommand, pathOf } from './program';
import { bad, optionsOf } from './terminal/colour';

/** Whoever reads the result may stop, as `head` does. */
function endWithReader({ code }: NodeJS.ErrnoException): void {
  process.exit(code === 'EPIPE' ? process.exitCode : EXIT.failed);
}

/**
 * Runs the `waxseal` command, and sets the exit code of the process ({@link EXIT}). A failure is told on
 * standard error, for a person, or with `--json` as one line of JSON.
 *
 * @param args without the interpreter and the script
 */
export async function run(args: readonly string[]): Promise<void> {
  // A server goes on, and says itself what it cannot write.
  if (args[0] !== 'serve') process.stdout.on('error', endWithReader);
  const isJson = asksForJson(args);
  const output = processOutput(args, isJson);
  const program = createProgram(output, output.colours);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === EXIT.done) return;
    // Not before something fails: --help and --version load the command line only.
    const { failureJson, failureLines, failureOf } = await import('./failure/failure.js');
    const failure =
      error instanceof CommanderError
        ? { ...failureOf(usageError(error)), next: nextUsage(pathOf(namedCommand(program, args))) }
        : failureOf(error);
    if (isJson) output.rawNotice(failureJson(failure));
    else if (!isHelpPrinted(error)) tell(failureLines(failure), output);
    process.exitCode = failure.exitCode;
  }
}

function tell([message = '', ...more]: readonly string[], { rawNotice }: ProcessOutput): void {
  rawNotice([bad('waxseal:'), ` ${message}`]);
  for (const line of more) rawNotice(line);
}

/** Whether the result or the log is for a program, and so what is told beside it. */
function asksForJson(args: readonly string[]): boolean {
  const options = optionsOf(args);
  return options.some(
    (option, index) =>
      option === '--json' ||
      option === '--ndjson' ||
      option === '--log=json' ||
      (option === '--log' && options[index + 1] === 'json'),
  );
}

/** Where a command needs a subcommand and got none, its help is on standard error already. */
function isHelpPrinted(error: unknown): boolean {
  return error instanceof CommanderError && error.code === 'commander.help';
}

function usageError(error: CommanderError): UsageError {
  if (isHelpPrinted(error)) return new UsageError('A subcommand is missing.');
  return new UsageError(error.message.replace(/^error: /, '').replace(/^./, (first) => first.toUpperCase()));
}

function nextUsage(path: string): string {
  return `correct it as the message says; "${path} --help" has examples`;
}
