import { forEachChild, parse, type Command, type SyntaxNode } from 'unbash';
import type { CodeBlock } from './code-blocks';

/** A command as it stands in a block: its words, without the quotes. */
export interface ShellCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** In the block, counted from 0. */
  readonly line: number;
}

/** What a shell is to run of a block: all of `sh`, and of `console` what stands behind a prompt. */
export function scriptOf({ language, text }: CodeBlock): string {
  if (language === 'sh') return text;
  let goesOn = false;
  return text
    .split('\n')
    .map((line) => {
      const isCommand = goesOn || line.startsWith('$ ');
      goesOn = isCommand && line.endsWith('\\');
      return isCommand ? line.replace(/^\$ /, '') : '';
    })
    .join('\n');
}

/**
 * The commands of a script, also those within others: of pipes, lists and substitutions.
 *
 * @throws Error that says what of the script no shell can read
 */
export function commandsOf(script: string): ShellCommand[] {
  const parsed = parse(script);
  const [error] = parsed.errors ?? [];
  if (error !== undefined) throw new Error(error.message);
  const found: Command[] = [];
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'Command') found.push(node);
    forEachChild(node, visit);
  };
  visit(parsed);
  return found.flatMap(({ name, args, pos }) =>
    name === undefined
      ? []
      : [
          {
            program: name.value,
            args: args.map((word) => (word.type === 'Word' ? word.value : word.text)),
            line: script.slice(0, pos).split('\n').length - 1,
          },
        ],
  );
}
