import type { X509Certificate } from 'node:crypto';

import { printable } from '../../output/printable';

/** A certificate in a few words: whose it is, who signed it, until when. */
export function describeCertificate({ subject, issuer, validTo }: X509Certificate): string {
  return `of ${oneLine(subject)}, signed by ${oneLine(issuer)}, valid until ${validTo}`;
}

function oneLine(name: string | undefined): string {
  return printable((name ?? '').replaceAll('\n', ', '));
}
