const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** The certificates of a PEM text, each alone, in order. Whatever stands between them is left out (RFC 7468 §2). */
export function splitCertificates(pem: string): readonly string[] {
  return pem.match(CERTIFICATE) ?? [];
}
