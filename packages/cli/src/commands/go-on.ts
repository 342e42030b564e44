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
