/** What a test wants in a certificate. */
export interface CertificateRequest {
  readonly commonName: string;
  /** Subject alternative names. Names of hosts, addresses, URIs (SPIFFE IDs, for one) and mail addresses. */
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly uris?: readonly string[];
  readonly emails?: readonly string[];
  /** An hour ago, unless given. */
  readonly notBefore?: Date;
  /** In a day, unless given. */
  readonly notAfter?: Date;
  /** The side of a TLS connection that it is good for; `any` leaves extended key usage out. */
  readonly usage: 'server' | 'client' | 'both' | 'any';
}
