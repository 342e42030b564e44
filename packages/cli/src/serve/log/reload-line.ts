import type { TlsReload } from '@waxseal/codec-server';

/** One line for the log about the files of a certificate that changed. */
export function reloadLine({ notAfter, error }: TlsReload): string {
  const until = notAfter.toISOString();
  return error === undefined
    ? `TLS: new connections get the new certificate, which is valid until ${until}.`
    : `TLS: the files changed and cannot be used; the earlier certificate, valid until ${until}, stays. ${error.message}`;
}
