/**
 * Makes the manual pages of the command of its own tree, one for each command, and compares them with those that
 * `@waxseal/cli` ships. With `--write` it writes them.
 *
 * Needs the packages as built. Usage: node tools/man-pages.mjs [--write]
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const FOLDER = 'packages/cli/man';
const MANIFEST = 'packages/cli/package.json';
/** Of this form of the pages: they have no other date, so that they change only with the command. */
const DATE = '2026-11-30';

const require = createRequire(import.meta.url);
const { allCommands, createProgram, pathOf } = require('../packages/cli/dist/program.js');
const { addressOf, exitRows, GENERAL_EXITS } = require('../packages/cli/dist/commands/cli-command.js');
const pageOf = (command) => pathOf(command).replaceAll(' ', '-');

/** A text that roff prints as it is. */
function plain(text) {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^(?=[.'])/gm, '\\&');
}

/** A word in bold. */
const bold = (text) => `\\fB${plain(text)}\\fR`;

/** Flags in bold, and the values that they take in italics. */
function flagsOf(flags) {
  return flags
    .split(/([<[][^>\]]+[>\]])/)
    .map((part, index) => {
      if (index % 2 === 1) return `\\fI${plain(part)}\\fR`;
      return part
        .split(/(-[\w-]+)/)
        .map((word, at) => (at % 2 === 1 ? bold(word) : plain(word)))
        .join('');
    })
    .join('');
}

const tagged = (tag, text) => ['.TP', tag, plain(text === '' ? '\u00a0' : text)];

function optionLines(command) {
  const help = command.createHelp();
  const groups = new Map();
  for (const option of help.visibleOptions(command)) {
    const title = option.helpGroupHeading ?? 'Options:';
    groups.set(title, [...(groups.get(title) ?? []), option]);
  }
  return [
    '.SH OPTIONS',
    ...[...groups].flatMap(([title, options]) => [
      ...(title === 'Options:' ? [] : [`.SS ${plain(title.replace(/:$/, ''))}`]),
      ...options.flatMap((option) => tagged(flagsOf(option.flags), help.optionDescription(option))),
    ]),
  ];
}

function argumentLines(command) {
  const all = command.registeredArguments.filter(({ description }) => description);
  if (all.length === 0) return [];
  const help = command.createHelp();
  return [
    '.SH ARGUMENTS',
    ...all.flatMap((each) => tagged(`\\fI${plain(each.name())}\\fR`, help.argumentDescription(each))),
  ];
}

function paragraphs(text) {
  return text.split('\n').flatMap((line, index, lines) => {
    if (line === '') return ['.PP'];
    const isTable = line.startsWith('  ');
    const was = index > 0 && (lines[index - 1] ?? '').startsWith('  ');
    return [...(isTable && !was ? ['.EX'] : []), ...(!isTable && was ? ['.EE'] : []), plain(line)];
  });
}

function textOf(command) {
  const { manual } = command;
  const path = pathOf(command);
  const usage = command.createHelp().commandUsage(command).slice(path.length).trim();
  const summary = (command.summary() || command.description()).replace(/\.$/, '');
  const seen = [command.parent, ...command.commands].filter(Boolean);
  const lines = [
    `.\\" Made by tools/man-pages.mjs. Write it anew with: npm run api`,
    `.TH ${plain(pageOf(command).toUpperCase())} 1 ${DATE} waxseal Waxseal`,
    '.SH NAME',
    `${plain(pageOf(command))} \\- ${plain(summary)}`,
    '.SH SYNOPSIS',
    `${bold(path)} ${flagsOf(usage)}`.trim(),
    '.SH DESCRIPTION',
    plain(command.description() || `${summary[0].toUpperCase()}${summary.slice(1)}.`),
    ...(manual?.notes === undefined ? [] : ['.PP', ...paragraphs(manual.notes)]),
    ...(command.commands.length === 0
      ? []
      : ['.SH COMMANDS', ...command.commands.flatMap((each) => tagged(bold(each.name()), each.summary()))]),
    ...argumentLines(command),
    ...optionLines(command),
    ...(manual === undefined ? [] : ['.SH EXAMPLES', '.EX', ...manual.examples.map(plain), '.EE']),
    '.SH EXIT STATUS',
    ...exitRows(manual?.exits ?? GENERAL_EXITS).flatMap(([code, means]) => tagged(bold(String(code)), means)),
    '.SH SEE ALSO',
    ...seen.map((each, index) => `.BR ${plain(pageOf(each))} (1)${index === seen.length - 1 ? '' : ' ,'}`),
    '.PP',
    plain(addressOf(manual?.page ?? 'command')),
  ];
  return `${lines.join('\n')}\n`;
}

const program = createProgram({ line: () => undefined, notice: () => undefined });
const pages = new Map(allCommands(program).map((command) => [`${pageOf(command)}.1`, textOf(command)]));
// npm links the pages that are listed, and those of `directories.man` not.
const manifest = JSON.parse(readFileSync(MANIFEST, 'utf8'));
const listed = [...pages.keys()].sort().map((name) => `./man/${name}`);

if (process.argv.includes('--write')) {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, text] of pages) writeFileSync(join(FOLDER, name), text);
  writeFileSync(MANIFEST, `${JSON.stringify({ ...manifest, man: listed }, undefined, 2)}\n`);
} else {
  const there = readdirSync(FOLDER);
  const stale = [...pages.keys()].filter(
    (name) => !there.includes(name) || readFileSync(join(FOLDER, name), 'utf8') !== pages.get(name),
  );
  const wrong = [
    ...stale,
    ...there.filter((name) => !pages.has(name)),
    ...(String(manifest.man) === String(listed) ? [] : ['man of package.json']),
  ];
  if (wrong.length > 0) {
    console.error(`${FOLDER} is not what the command says: ${wrong.join(', ')}. Write it with: npm run api`);
    process.exit(1);
  }
}
