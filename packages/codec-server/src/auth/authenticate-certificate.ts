import type { ClientCertificate } from '../client-certificate';
import { matchesPattern } from '../authorization/matches-pattern';
import { isNamespace } from '../routing/is-namespace';
import type { ClientCertificateSettings } from './client-certificate-settings';
import type { Principal } from './principal';
import { subjectNames } from './subject-names';
import { unauthorized } from './unauthorized';

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
  { subject, requiredNames }: ClientCertificateSettings,
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
  if (!requiredNames.some((pattern) => matchesPattern(pattern, id))) throw refused('required name');
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
