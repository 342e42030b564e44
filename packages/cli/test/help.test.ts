import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CliCommand } from '../src/commands/cli-command';
import { allCommands, createProgram, pathOf } from '../src/program';
import { doers, NOWHERE } from './support/doers';
import { slug } from '../../../tools/site/src/slug';

const ROOT = join(__dirname, '../../..');

/** Help as a person gets it, without the colours of a terminal. */
function helpOf(command: CliCommand): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part), getOutHasColors: () => false });
  command.outputHelp();
  return text;
}

const commands = allCommands(createProgram(NOWHERE)).filter((each) => each instanceof CliCommand);

describe('help', () => {
  it.each(commands.map((command) => [pathOf(command), command] as const))(
    '%s names a page of the documentation that is there',
    (path, command) => {
      const [, page = ''] =
        /^Documentation: https:\/\/waxseal\.github\.io\/waxseal\/(\S+)$/m.exec(helpOf(command)) ?? [];
      const [route = '', anchor] = page.split('#');
      const sources = [`docs/${route}.md`, `${route}/README.md`].map((name) => join(ROOT, name));
      const source = sources.find((name) => existsSync(name));
      expect([path, route, source]).toEqual([path, route, expect.any(String)]);
      const headings = [...readFileSync(source ?? '', 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, text = '']) =>
        slug(text),
      );
      if (anchor !== undefined) expect(headings).toContain(anchor);
    },
  );

  it('of what does something says what that is, in one line, and has examples and exit codes', () => {
    for (const command of doers()) {
      const help = helpOf(command);
      expect([pathOf(command), command.summary().length]).toEqual([pathOf(command), expect.any(Number)]);
      expect(command.summary()).toMatch(/^[a-z].{10,90}[^.]$/);
      expect(help).toMatch(/^Examples:\n {2}\S/m);
      expect(help).toMatch(/^Exit codes:\n {2}0 {2}\S[^]*^ {2}1 {2}\S[^]*^ {2}2 {2}wrong usage$/m);
    }
  });

  it('shows the options that several commands have in groups, in the same order everywhere', () => {
    for (const command of doers()) {
      const headings = [...helpOf(command).matchAll(/^([A-Z][\w ]+:)$/gm)].map(([, text = '']) => text);
      const order = ['Arguments:', 'Options:', 'Keys:', 'Who may use it:', 'TLS:', 'Audit log:'].concat([
        'Reading from Temporal:',
        'Exit code:',
        'Before anything is changed:',
        'Output:',
        'Examples:',
        'Exit codes:',
      ]);
      const own = headings.filter((heading) => order.includes(heading));
      expect([pathOf(command), own]).toEqual([pathOf(command), order.filter((each) => own.includes(each))]);
      expect(own).toContain('Output:');
    }
  });
});
