/** Node's code of an error: `ECONNREFUSED`, `CERT_HAS_EXPIRED`, `ERR_SSL_…`. Empty where there is none. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
