/** The command line is wrong. The message names the option, and says what to write. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'WAXSEAL_USAGE';
}
