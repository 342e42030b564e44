import { describe, expect, it } from '@jest/globals';
import { allCommands, createProgram, pathOf } from '../src/program';
import { doers, NOWHERE } from './support/doers';

/** Words of a command line, as a shell tells them apart: quotes, and nothing else of its language. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, one, two, bare]) => one ?? two ?? bare ?? '',
  );
}

/** The arguments of the `waxseal` commands in a line of shell. */
function callsIn(line: string): readonly (readonly string[])[] {
  const plain = line.replaceAll(/"?\$\((.*)\)"?/g, '; $1');
  return plain
    .split(/\s*(?:\||&&|;|>)\s+(?=(?:[^']*'[^']*')*[^']*$)/)
    .map((part) => wordsOf(part).filter((word, at, all) => !isVariable(word) || all[at - 1] === '--'))
    .flatMap((words) => {
      if (words[0] === 'waxseal') return [words.slice(1)];
      return words[0] === 'npx' && words[1] === '@waxseal/cli' ? [words.slice(2)] : [];
    });
}

function isVariable(word: string): boolean {
  return /^[A-Z_]+=/.test(word);
}

const examples = doers().flatMap((command) =>
  (command.manual?.examples ?? []).map((example) => [pathOf(command), example] as const),
);

describe('the examples of help', () => {
  it('are there for every command, and are of it', () => {
    for (const command of doers()) {
      const all = command.manual?.examples ?? [];
      const own = all
        .flatMap(callsIn)
        .filter((call) => `waxseal ${call.join(' ')} `.startsWith(`${pathOf(command)} `));
      expect([pathOf(command), own.length > 0]).toEqual([pathOf(command), true]);
    }
  });

  it.each(examples)('%s: %s', async (_path, example) => {
    for (const call of callsIn(example)) {
      const program = createProgram(NOWHERE);
      const ran: string[] = [];
      for (const command of allCommands(program)) {
        if (command.commands.length === 0) command.action(() => void ran.push(pathOf(command)));
      }
      await program.parseAsync(call, { from: 'user' });
      expect(ran).toHaveLength(1);
    }
  });
});
