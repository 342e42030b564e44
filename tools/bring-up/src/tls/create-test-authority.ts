import { generate } from 'selfsigned';

import type { CertificateRequest } from './certificate-request';
import type { IssuedCertificate } from './issued-certificate';
import type { TestAuthority } from './test-authority';

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
