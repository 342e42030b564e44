import type { CertificateRequest } from './certificate-request';
import type { IssuedCertificate } from './issued-certificate';

/** A certificate authority that nobody but a test trusts. */
export interface TestAuthority {
  /** The certificate of the authority, in PEM. */
  readonly certPem: string;
  /** Makes a new key and signs a certificate for it, ECDSA on P-256 with SHA-256. */
  issue(request: CertificateRequest): Promise<IssuedCertificate>;
}
