import { runCommand } from '@waxseal/bring-up';

/** A program that can be run: its path, and the arguments that stand in front of all others. */
export type Command = readonly [path: string, ...args: string[]];

/** A program that was found, or installed. */
export interface Tool {
  readonly command: Command;
  /** Where it was found, for instance `helm on PATH`. */
  readonly place: string;
}

/**
 * Runs a tool to its end.
 *
 * @returns what it wrote to standard output
 * @throws Error with the exit code and the last lines of its output
 */
export function runTool({ command: [path, ...first] }: Tool, args: readonly string[]): Promise<string> {
  return runCommand(path, [...first, ...args], { timeoutMs: 120_000 });
}
