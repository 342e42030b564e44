import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { ConfigurationError } from '@waxseal/core';

/**
 * The text of a file, or of standard input for `-`.
 *
 * @throws ConfigurationError when it cannot be read
 */
export async function readInput(file: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new ConfigurationError(`${file} cannot be read (${code}). Name a file, or - for standard input.`, {
      cause,
    });
  }
}
