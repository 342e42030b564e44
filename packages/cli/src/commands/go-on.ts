import type { Command } from 'commander';
import type { Output } from '../output';

/** Asks a person on the terminal. Whatever is not yes is no. */
export async function goOn(notice: Output['notice'], question: string): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(?:es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } catch {
    notice('Nobody answered.');
    return false;
  } finally {
    terminal.close();
  }
}

/** Asks before anything is changed; ends the command where nobody can answer. */
export function confirming(
  output: Output,
  command: Command,
  isAsked: boolean,
  json: true | undefined,
): { readonly confirm?: (question: string) => Promise<boolean> } {
  if (!isAsked) return {};
  if (json === true || !process.stdin.isTTY) {
    command.error(
      'error: it asks before it changes anything: where nobody can answer, add --yes or --dry-run.',
    );
  }
  return { confirm: (question) => goOn(output.notice, question) };
}
