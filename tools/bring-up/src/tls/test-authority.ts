import { generate } from 'selfsigned';

type Extensions = NonNullable<NonNullable<Parameters<typeof generate>[1]>['extensions']>;

const HOUR_MS = 3_600_000;
const EC_KEY = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

/**
 * Makes a certificate authority that lives in memory and signs what a test asks for. Two authorities never
 * trust each other, also when their names are the same.
 *
 * @param name its common name
 */
export async function createTestAuthority(name: string): Promise<TestAuthority> {
  const { cert, private: key } = await generate(commonName(name), {
    ...EC_KEY,
    ...validity({}),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { certPem: cert, issue: (request) => issue({ cert, key }, request) };
}

async function issue(
  ca: { readonly cert: string; readonly key: string },
  request: CertificateRequest,
): Promise<IssuedCertificate> {
  const { cert, private: keyPem } = await generate(commonName(request.commonName), {
    ...EC_KEY,
    ...validity(request),
    ca,
    extensions: extensionsOf(request),
  });
  return { certPem: cert, keyPem };
}

function extensionsOf({ dnsNames, ipAddresses, uris, emails, usage }: CertificateRequest): Extensions {
  // The numbers are those of GeneralName, RFC 5280 §4.2.1.6.
  const altNames = [
    ...(emails ?? []).map((value) => ({ type: 1 as const, value })),
    ...(dnsNames ?? []).map((value) => ({ type: 2 as const, value })),
    ...(uris ?? []).map((value) => ({ type: 6 as const, value })),
    ...(ipAddresses ?? []).map((ip) => ({ type: 7 as const, ip })),
  ];
  return [
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, critical: true },
    ...(altNames.length === 0 ? [] : [{ name: 'subjectAltName' as const, altNames }]),
    ...(usage === 'any'
      ? []
      : [{ name: 'extKeyUsage' as const, serverAuth: usage !== 'client', clientAuth: usage !== 'server' }]),
  ];
}

/** The library writes the name as text: escape what RFC 4514 §2.4 says. */
function commonName(value: string): [{ name: string; value: string }] {
  return [{ name: 'commonName', value: value.replace(/[,+"\\<>;=#]/g, '\\$&') }];
}

function validity({ notBefore, notAfter }: Pick<CertificateRequest, 'notBefore' | 'notAfter'>): {
  notBeforeDate: Date;
  notAfterDate: Date;
} {
  const now = Date.now();
  return {
    notBeforeDate: notBefore ?? new Date(now - HOUR_MS),
    notAfterDate: notAfter ?? new Date(now + 24 * HOUR_MS),
  };
}

/** A certificate authority that nobody but a test trusts. */
export interface TestAuthority {
  /** The certificate of the authority, in PEM. */
  readonly certPem: string;
  /** Makes a new key and signs a certificate for it, ECDSA on P-256 with SHA-256. */
  issue(request: CertificateRequest): Promise<IssuedCertificate>;
}

/** A certificate and its private key, in PEM (PKCS #8). */
export interface IssuedCertificate {
  readonly certPem: string;
  readonly keyPem: string;
}

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

/**
 * Makes a client certificate that nobody vouches for but itself.
 *
 * @param uri its one subject alternative name
 */
export async function createSelfSigned(commonName: string, uri: string): Promise<IssuedCertificate> {
  const { cert, private: keyPem } = await generate([{ name: 'commonName', value: commonName }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - 3_600_000),
    extensions: [
      { name: 'subjectAltName', altNames: [{ type: 6, value: uri }] },
      { name: 'extKeyUsage', clientAuth: true },
    ],
  });
  return { certPem: cert, keyPem };
}
