/** A certificate and its private key, in PEM (PKCS #8). */
export interface IssuedCertificate {
  readonly certPem: string;
  readonly keyPem: string;
}
