import type { X509Certificate } from 'node:crypto';

/** The certificate that a client showed in the TLS handshake. */
export interface ClientCertificate {
  readonly certificate: X509Certificate;

  /**
   * Why it is not to be believed: the code of OpenSSL's verification, such as `CERT_HAS_EXPIRED`. Undefined only where an
   * authority for clients vouches for it and the client proved that it has the key.
   */
  readonly refusal: string | undefined;
}
