/** The keys of an issuer cannot be had at present. */
export class IssuerUnavailableError extends Error {
  override readonly name = 'IssuerUnavailableError';
}
