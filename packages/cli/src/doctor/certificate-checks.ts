import { createPrivateKey, type X509Certificate } from 'node:crypto';
import { describeCertificate, pemCertificates } from '../temporal/certificates';
import { nameOf, type TlsSettings } from '../temporal/settings';
import { TemporalFault } from '../temporal/temporal-fault';
import type { Check } from './report';

const name = 'temporal-certificates';
/** "Soon" for a certificate of a year; for one of a day, it is a tenth of that. */
const LONGEST_NOTICE_MS = 7 * 86_400_000;
/** `id-kp-clientAuth`, RFC 5280 §4.2.1.12. */
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

/**
 * What can be told of the configured certificates without a connection.
 *
 * @param now milliseconds since the epoch
 * @throws TemporalFault when no server can accept them
 */
export function certificateChecks({ ca, client }: TlsSettings, now: number): readonly Check[] {
  if (ca !== undefined && pemCertificates(ca).length === 0) {
    throw new TemporalFault(
      `${nameOf('ca')} holds no certificate in PEM: workers and clients would trust no server`,
    );
  }
  if (client === undefined) return [];
  const [certificate] = pemCertificates(client.cert);
  if (certificate === undefined) {
    throw new TemporalFault(`${nameOf('clientCert')} holds no certificate in PEM`);
  }
  checkKey(certificate, client.key);
  return [validity(certificate, now)];
}

function checkKey(certificate: X509Certificate, keyPem: string): void {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/.test(keyPem)) {
    throw new TemporalFault(
      `${nameOf('clientKey')} is encrypted with a passphrase, and workers and clients can be given none: decrypt it to a file that only they can read`,
    );
  }
  let isOfCertificate: boolean;
  try {
    isOfCertificate = certificate.checkPrivateKey(createPrivateKey(keyPem));
  } catch {
    throw new TemporalFault(`${nameOf('clientKey')} holds no private key in PEM`);
  }
  if (!isOfCertificate) {
    throw new TemporalFault(
      `${nameOf('clientKey')} is not the key of the certificate ${describeCertificate(certificate)}: set both from one issue`,
    );
  }
}

function validity(certificate: X509Certificate, now: number): Check {
  const described = describeCertificate(certificate);
  const until = Date.parse(certificate.validTo);
  if (now > until) {
    throw new TemporalFault(
      `the client certificate has expired: ${described}. Renew it, and put the new one where ${nameOf('clientCert')} and ${nameOf('clientKey')} say`,
    );
  }
  if (now < Date.parse(certificate.validFrom)) {
    throw new TemporalFault(
      `the client certificate is not valid before ${certificate.validFrom}: ${described}. Is this machine's clock right?`,
    );
  }
  // `keyUsage` of Node.js is the extended key usage.
  const usages = certificate.keyUsage as readonly string[] | undefined;
  if (usages !== undefined && !usages.includes(CLIENT_AUTH)) {
    throw new TemporalFault(
      `the client certificate is not one for clients (extended key usage): ${described}. Have one issued for client authentication`,
    );
  }
  const notice = Math.min(LONGEST_NOTICE_MS, (until - Date.parse(certificate.validFrom)) / 10);
  return until - now < notice
    ? { name, status: 'warn', detail: `the client certificate expires soon: ${described}. Renew it` }
    : { name, status: 'ok', detail: `client certificate ${described}` };
}
