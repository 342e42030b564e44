import { generate } from 'selfsigned';

/** A key and a certificate for `localhost` and `127.0.0.1`, in PEM. It is its own issuer. */
export interface LoopbackCertificate {
  readonly privateKey: string;
  readonly certificate: string;
}

let made: Promise<LoopbackCertificate> | undefined;

/**
 * The certificate of this process's doubles, made when it is first asked for and good for a day. Nothing but a client that is
 * told so trusts it.
 */
export function loopbackCertificate(): Promise<LoopbackCertificate> {
  return (made ??= make());
}

async function make(): Promise<LoopbackCertificate> {
  const now = Date.now();
  const { cert, private: privateKey } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - 3_600_000),
    notAfterDate: new Date(now + 86_400_000),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { certificate: cert, privateKey };
}
