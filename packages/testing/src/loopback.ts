import type { IncomingMessage } from 'node:http';
import { generate } from 'selfsigned';

const MAX_BODY_BYTES = 64 * 1024;

/**
 * The body of a request, as UTF-8.
 *
 * @throws Error when it is larger than any request of the service can be
 */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new Error('The body is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A key and a certificate for `localhost` and `127.0.0.1`, in PEM. It is its own issuer. */
export interface LoopbackCertificate {
  readonly privateKey: string;
  readonly certificate: string;
}

let made: Promise<LoopbackCertificate> | undefined;

/**
 * The certificate of this process's doubles, made when it is first asked for and good for a day. Nothing but
 * a client that is told so trusts it.
 */
export function loopbackCertificate(): Promise<LoopbackCertificate> {
  return (made ??= makeLoopbackCertificate());
}

/**
 * Another certificate for the same names, to rotate to.
 *
 * @param commonName of the subject and issuer; another one for each, so that both can be trusted at once
 */
export async function makeLoopbackCertificate(commonName = 'localhost'): Promise<LoopbackCertificate> {
  const now = Date.now();
  const { cert, private: privateKey } = await generate([{ name: 'commonName', value: commonName }], {
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
