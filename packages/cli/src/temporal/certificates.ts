import { X509Certificate } from 'node:crypto';
import { printable } from '../printable';

/** A certificate in a few words: whose it is, who signed it, until when. */
export function describeCertificate({ subject, issuer, validTo }: X509Certificate): string {
  return `of ${oneLine(subject)}, signed by ${oneLine(issuer)}, valid until ${validTo}`;
}

function oneLine(name: string | undefined): string {
  return printable((name ?? '').replaceAll('\n', ', '));
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates of a PEM text, in order. None where there are none, or one of them cannot be parsed. */
export function pemCertificates(pem: string): readonly X509Certificate[] {
  try {
    return (pem.match(CERTIFICATE) ?? []).map((text) => new X509Certificate(text));
  } catch {
    return [];
  }
}
