import type { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { matchesPattern } from '../authorization/authorize-by-rules';
import type { Principal } from '../authorization/principal';
import { options, textOrTexts } from '../fields';
import { unauthorized } from '../request-error';
import { isNamespace } from '../routing';
import type { ClientCertificate } from '../server-request';

/** What OpenSSL's codes are in the audit log. */
const DETAILS: ReadonlyMap<string, string> = new Map([
  ['CERT_HAS_EXPIRED', 'expired'],
  ['CERT_NOT_YET_VALID', 'not yet valid'],
  ['INVALID_PURPOSE', 'purpose'],
  ['CERT_SIGNATURE_FAILURE', 'issuer'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'issuer'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'issuer'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'issuer'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'issuer'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'issuer'],
]);

/**
 * Authenticates by the certificate of a connection.
 *
 * @param presented undefined where the client showed none
 * @throws RequestError 401
 */
export function authenticateCertificate(
  { subject, requiredName }: ClientCertificateSettings,
  presented: ClientCertificate | undefined,
): Principal {
  if (presented === undefined) {
    throw unauthorized(
      'CLIENT_CERTIFICATE_MISSING',
      'This Codec Server asks for a client certificate, and the connection has none. Configure your client with a certificate and its key.',
    );
  }
  const { certificate, refusal } = presented;
  if (refusal !== undefined) throw refused(DETAILS.get(refusal) ?? 'not verified');
  // A connection can outlive the certificate that it was made with.
  const now = Date.now();
  if (!(Date.parse(certificate.validTo) > now)) throw refused('expired');
  if (!(Date.parse(certificate.validFrom) <= now)) throw refused('not yet valid');
  const [id, second] = subjectNames(certificate, subject) ?? [''];
  if (id === undefined) throw refused('no name');
  if (second !== undefined) throw refused('ambiguous name');
  // The limits of a namespace's name suit a principal's too.
  if (!isNamespace(id)) throw refused('malformed name');
  if (!requiredName.some((pattern) => matchesPattern(pattern, id))) throw refused('required name');
  return {
    id,
    issuer: 'client-certificate',
    method: 'client-certificate',
    groups: [],
    permissions: [],
    claims: {},
    grants: undefined,
  };
}

function refused(detail: string): Error {
  return unauthorized(
    'CLIENT_CERTIFICATE_NOT_ACCEPTED',
    'The client certificate is not accepted. Check that it is valid today, is for clients, was issued by an authority that this Codec Server knows, and has the name that it asks for.',
    { detail },
  );
}

/** Fields of {@link ClientCertificateAuthenticatorOptions}. */
export class ClientCertificateAuthenticatorFields {
  readonly type = z.literal('client-certificate');

  /**
   * The name in the certificate that is the principal: the one subject alternative name of that kind (`uri`
   * for a SPIFFE ID), or the common name. A certificate that has none or several of the kind is refused.
   */
  readonly subject = z.enum(
    ['uri', 'dns', 'email', 'common-name'],
    'must be "uri", "dns", "email" or "common-name": the name in the certificate that is the principal.',
  );

  /**
   * What that name must be for the certificate to be accepted at all: patterns of which one must match; `*`
   * stands for any characters. Needed where the authority also issues certificates to others. Default: any
   * name.
   */
  readonly requiredName = textOrTexts().prefault('*');
}

/** What {@link ClientCertificateAuthenticatorOptions} are checked by. */
export const CLIENT_CERTIFICATE_AUTHENTICATOR = options(new ClientCertificateAuthenticatorFields());

/**
 * Accepts TLS client certificates. {@link listen} asks for them when `tls.clientCaFile` says who issues them.
 * A token that a request holds comes first, where tokens are configured also.
 */
export interface ClientCertificateAuthenticatorOptions extends z.input<
  typeof CLIENT_CERTIFICATE_AUTHENTICATOR
> {}

/** The options for client certificates after the check. */
export type ClientCertificateSettings = z.output<typeof CLIENT_CERTIFICATE_AUTHENTICATOR>;

const LABELS = { uri: 'URI', dns: 'DNS', email: 'email' } as const;

// Node writes a name that holds a comma, a quote or a control character as a JSON string (CVE-2021-44532).
const ENTRY = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^",]*)(?:, |$)/y;

// eslint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u0020\u007f-\uffff",*\\]/;

/**
 * The names of one kind in a certificate, as they stand there.
 *
 * @returns undefined when one of them, or the list of all, is not what a name can be: then none is to be
 *   believed
 */
function subjectNames(
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
