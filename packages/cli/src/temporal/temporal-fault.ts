/** Why Temporal cannot be reached as it is configured, and what to set. The message holds no secret. */
export class TemporalFault extends Error {
  override readonly name = 'TemporalFault';
  readonly code = 'WAXSEAL_TEMPORAL';
}

/** Node's code of an error: `ECONNREFUSED`, `CERT_HAS_EXPIRED`, `ERR_SSL_…`. Empty where there is none. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
