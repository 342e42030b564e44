import type { X509Certificate } from 'node:crypto';
import type { ClientCertificateAuthenticatorOptions } from './client-certificate-authenticator-options';

const LABELS = { uri: 'URI', dns: 'DNS', email: 'email' } as const;

// Node writes a name that holds a comma, a quote or a control character as a JSON string (CVE-2021-44532).
const ENTRY = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^",]*)(?:, |$)/y;

// eslint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u0020\u007f-\uffff",*\\]/;

/**
 * The names of one kind in a certificate, as they stand there.
 *
 * @returns undefined when one of them, or the list of all, is not what a name can be: then none is to be believed
 */
export function subjectNames(
  certificate: X509Certificate,
  kind: ClientCertificateAuthenticatorOptions['subject'],
): readonly string[] | undefined {
  if (kind === 'common-name') return commonNames(certificate);
  const text = certificate.subjectAltName ?? '';
  const names: string[] = [];
  ENTRY.lastIndex = 0;
  while (ENTRY.lastIndex < text.length) {
    const [entry, label, name = ''] = ENTRY.exec(text) ?? [];
    if (entry === undefined) return undefined;
    if (label === LABELS[kind]) names.push(name);
  }
  return names.every((name) => name !== '' && !UNSAFE.test(name)) ? names : undefined;
}

function commonNames(certificate: X509Certificate): readonly string[] | undefined {
  // `subject` is text with separators of its own; here each value is apart.
  const found: unknown = certificate.toLegacyObject().subject.CN;
  const names: readonly unknown[] = found === undefined ? [] : [found].flat();
  return names.every(isCommonName) ? names : undefined;
}

function isCommonName(name: unknown): name is string {
  // eslint-disable-next-line no-control-regex
  return typeof name === 'string' && /^[^\u0000-\u001f\u007f-\u009f*]+$/.test(name);
}
