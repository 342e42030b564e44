import type { Argument, Command, Option } from 'commander';

/** What can stand at a place of a command line. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  /** Whether the name of a file can stand there also. */
  readonly takesFiles: boolean;
}

/** A word, and what it is. */
export interface Candidate {
  readonly word: string;
  readonly about: string;
}

/** What the words in front of the last one come to. */
interface Place {
  readonly command: Command;
  /** Arguments that the command has got. */
  readonly given: number;
  /** An option that waits for its value. */
  readonly pending: Option | undefined;
  /** Whether `--` was there, so that nothing is an option any more. */
  readonly isPastOptions: boolean;
  /** Options that are there already. */
  readonly used: ReadonlySet<Option>;
  /** Whether help is asked for by `help <command>`. */
  readonly isHelp: boolean;
}

/**
 * What can stand in the place of the last word, by the tree of commands itself.
 *
 * @param words of a command line without the name of the program; the last is the one to complete, and may be
 *   empty
 */
export function complete(program: Command, words: readonly string[]): Completion {
  const current = words.at(-1) ?? '';
  const place = placeAfter(program, words.slice(0, -1));
  const found = candidatesAt(place, current);
  return { ...found, candidates: found.candidates.filter(({ word }) => word.startsWith(current)) };
}

function candidatesAt(place: Place, current: string): Completion {
  const { command, pending, isPastOptions } = place;
  if (pending !== undefined) return valuesOf(pending, '');
  if (isPastOptions) return argumentsAt(place);
  const [, flag] = /^(--[^=]+)=/.exec(current) ?? [];
  if (flag !== undefined) {
    const option = optionsOf(command).find(({ long }) => long === flag);
    return option === undefined ? NOTHING : valuesOf(option, `${flag}=`);
  }
  if (current.startsWith('-')) return { candidates: optionsAt(place), takesFiles: false };
  return command.commands.length > 0 ? subcommandsOf(place) : argumentsAt(place);
}

const NOTHING: Completion = { candidates: [], takesFiles: false };

function placeAfter(program: Command, words: readonly string[]): Place {
  let command = program;
  let given = 0;
  let pending: Option | undefined;
  let isPastOptions = false;
  let isHelp = false;
  const used = new Set<Option>();
  for (const word of words) {
    if (pending !== undefined && !(pending.variadic && word.startsWith('-'))) {
      if (!pending.variadic) pending = undefined;
      continue;
    }
    pending = undefined;
    if (isPastOptions) given += 1;
    else if (word === '--') isPastOptions = true;
    else if (word.startsWith('-')) {
      const [flag] = word.split('=');
      const option = optionsOf(command).find(({ long, short }) => long === flag || short === flag);
      if (option === undefined) continue;
      used.add(option);
      if (option.required && flag === word) pending = option;
    } else {
      const next = command.commands.find((each) => each.name() === word);
      if (next !== undefined) command = next;
      else if (word === 'help' && command.commands.length > 0) isHelp = true;
      else given += 1;
    }
  }
  return { command, given, pending, isPastOptions, used, isHelp };
}

/** The options that help shows, and help itself. */
function optionsOf(command: Command): readonly Option[] {
  return command.createHelp().visibleOptions(command);
}

/** Repeatable options may come again. */
function optionsAt({ command, used }: Place): readonly Candidate[] {
  return optionsOf(command)
    .filter((option) => !used.has(option) || /repeatable/.test(option.description))
    .flatMap(({ long, description }) => (long == null ? [] : [{ word: long, about: description }]));
}

function valuesOf({ argChoices, flags }: Option, lead: string): Completion {
  const candidates = (argChoices ?? []).map((choice) => ({ word: `${lead}${choice}`, about: '' }));
  return { candidates, takesFiles: isFile(/[<[]([^>\]]+)/.exec(flags)?.[1] ?? '') };
}

function subcommandsOf({ command, given, isHelp }: Place): Completion {
  if (given > 0) return NOTHING;
  const help = { word: 'help', about: 'display help for command' };
  const candidates = command.commands.map((each) => ({ word: each.name(), about: each.summary() }));
  return { candidates: isHelp ? candidates : [...candidates, help], takesFiles: false };
}

function argumentsAt({ command, given, isHelp }: Place): Completion {
  const { registeredArguments: all } = command;
  const last = all.at(-1);
  const argument: Argument | undefined = all[given] ?? (last?.variadic === true ? last : undefined);
  if (argument === undefined || isHelp) return NOTHING;
  const candidates = (argument.argChoices ?? []).map((word) => ({ word, about: argument.description }));
  return { candidates, takesFiles: isFile(argument.name()) };
}

/** By the name that help shows for a value. */
function isFile(name: string): boolean {
  return /^(?:files?|folder|paths?)(?:\.\.\.)?$/.test(name);
}
