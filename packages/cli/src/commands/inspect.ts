import { Command } from 'commander';
import type { Output } from '../output';

interface InspectOptions {
  readonly json?: true;
}

/** `waxseal inspect`: says what is in clear in an envelope. Needs no key. */
export function inspectCommand({ line }: Output): Command {
  return new Command('inspect')
    .summary('show how payloads are encrypted, without a key')
    .description(
      'Prints what an envelope says in clear: format version, suite, key IDs, encryption context and sizes. It needs no key and verifies nothing: only decrypting can tell whether any of it is true.',
    )
    .argument('[file]', 'file to read, or - for standard input', '-')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
The input is a payload in JSON, any JSON that holds payloads (such as a history), or the base64 of a payload's data.

Examples:
  temporal workflow show -w order-1 -o json | waxseal inspect
  waxseal inspect payload.json --json

Exits with 1 when an envelope is malformed.`,
    )
    .action(async (file: string, { json }: InspectOptions) => {
      const { inspect } = await import('../inspect.js');
      await inspect(file, json === true, line);
    });
}
