/** The command line is wrong. The message names the option, and says what to write. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'WAXSEAL_USAGE';
}

/** A server that was asked whether it is well does not say so. */
export class UnhealthyError extends Error {
  override readonly name = 'UnhealthyError';
  readonly code = 'WAXSEAL_UNHEALTHY';
}
