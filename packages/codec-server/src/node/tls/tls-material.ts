/** Certificate, key and authorities in PEM, as they were read. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
  readonly clientCa: string | undefined;
}
