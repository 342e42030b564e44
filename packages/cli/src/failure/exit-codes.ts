/**
 * The exit codes of the command, which are the same for all that it does (docs/command.md). A process that a
 * signal ends has none of them: a shell shows 128 and the number of the signal.
 */
export const EXIT = {
  /** It was done, and what was asked about is so. */
  done: 0,
  /** It failed, not all could be done or looked at, or what the command checks is not in order. */
  failed: 1,
  /** The command line is wrong. Nothing was read, asked or changed. */
  usage: 2,
  /**
   * What the command line said was not to be is there, as with `--fail-if-used`. A pipeline must not take
   * "could not look" for it.
   */
  found: 3,
} as const;
