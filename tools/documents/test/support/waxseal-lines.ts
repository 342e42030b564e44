import { createProgram } from '../../../../packages/cli/src/program';

type Command = ReturnType<typeof createProgram>;

/** Thrown in the place of what a command does. */
class Accepted extends Error {}

/**
 * Whether the `waxseal` command takes these arguments: its own parser says so, and nothing is run.
 *
 * @returns what is wrong; `undefined` for nothing
 */
export function refusalOf(args: readonly string[]): string | undefined {
  try {
    parser().parse(args, { from: 'user' });
  } catch (error) {
    if (error instanceof Accepted) return undefined;
    const { code, message } = error as Error & { readonly code?: string };
    if (code === 'commander.help') return undefined;
    if (code?.startsWith('commander.') === true) return message;
    throw error;
  }
  return 'there is no such command';
}

/**
 * What of a command that a sentence names is not there: a command, or an option. A sentence leaves arguments
 * out.
 */
export function unknownIn(args: readonly string[]): string | undefined {
  let command: Command = parser();
  for (const arg of args) {
    // What follows is of another program.
    if (arg === '--') return undefined;
    const name = /^--?[a-z][a-z-]*/.exec(arg)?.[0];
    if (name !== undefined) {
      const isKnown =
        command.options.some(({ long, short }) => [long, short].includes(name)) || name === '--help';
      if (!isKnown) return `${command.name()} has no option ${name}`;
      continue;
    }
    const next = command.commands.find((each) => each.name() === arg);
    if (next !== undefined) command = next;
    else if (command.commands.length > 0 && command.registeredArguments.length === 0)
      return `there is no command ${arg}`;
  }
  return undefined;
}

function parser(): Command {
  const program = createProgram({ line: () => undefined, notice: () => undefined });
  program.hook('preAction', () => {
    throw new Accepted();
  });
  const silence = (command: Command): void => {
    command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
    for (const child of command.commands) silence(child);
  };
  silence(program);
  return program;
}
