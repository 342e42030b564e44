/** A server that was asked whether it is well does not say so. */
export class UnhealthyError extends Error {
  override readonly name = 'UnhealthyError';
  readonly code = 'WAXSEAL_UNHEALTHY';
}
