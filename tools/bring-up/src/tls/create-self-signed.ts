import { generate } from 'selfsigned';

import type { IssuedCertificate } from './issued-certificate';

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
