import { describeCertificate, pemCertificates } from './certificates';
import { nameOf, type TemporalSettings } from './settings';
import { codeOf, TemporalFault } from './temporal-fault';

/** What Node's codes mean before a word of TLS is spoken. */
const MEANINGS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the name of the host is not known',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to the network',
  ETIMEDOUT: 'there is no answer',
};

/** The fault of a connection that did not come about. */
export function networkFault(error: unknown, { address }: TemporalSettings): TemporalFault {
  const code = codeOf(error);
  const meaning =
    MEANINGS[code] ?? (code === '' ? 'there is no connection' : `there is no connection (${code})`);
  return new TemporalFault(`${address}: ${meaning}. Check ${nameOf('address')}, and that the server runs`);
}

type Sentence = (settings: TemporalSettings, code: string, error: unknown) => string;

/**
 * What a person can do, by Node's code: X.509 verification first, then TLS alerts (RFC 8446 §6.2), then
 * silence.
 */
const SENTENCES: readonly (readonly [RegExp, Sentence])[] = [
  [
    /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?|UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_SIGNATURE_FAILURE)$/,
    ({ tls }) =>
      tls?.ca === undefined
        ? `the server's certificate is not signed by an authority that Node.js trusts. Name the certificate of that authority in ${nameOf('ca')}`
        : `the server's certificate is not signed by the authority that ${nameOf('ca')} names. Name the one that has signed it`,
  ],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    ({ host, tls }, _code, error) =>
      tls?.serverName === undefined
        ? `the server's certificate is not for ${host}${namesIn(error)}. Give one of its names in ${nameOf('serverName')}`
        : `the server's certificate is not for ${tls.serverName}, as ${nameOf('serverName')} says${namesIn(error)}`,
  ],
  [
    /^CERT_HAS_EXPIRED$/,
    () => "the server's certificate, or one that signed it, has expired. Renew it there",
  ],
  [/^CERT_NOT_YET_VALID$/, () => "the server's certificate is not valid yet. Is this machine's clock right?"],
  [
    // What comes back is no TLS record.
    /WRONG_VERSION_NUMBER$|PACKET_LENGTH_TOO_LONG$|HTTP_REQUEST$/,
    ({ apiKey }) =>
      `the server does not speak TLS there. ${
        apiKey === undefined
          ? `Remove ${nameOf('tls')} and what begins with it`
          : `${nameOf('apiKey')} switches TLS on: remove it`
      }, or check ${nameOf('address')}`,
  ],
  [/ALERT_CERTIFICATE_REQUIRED$/, () => missing()],
  [
    /ALERT_CERTIFICATE_EXPIRED$/,
    (settings) => `the server says that ${client(settings)} has expired. Renew it`,
  ],
  [
    /ALERT_UNKNOWN_CA$/,
    (settings) =>
      `the server does not trust the authority that signed ${client(settings)}. Set ${pair()} to one that it trusts`,
  ],
  [
    /ALERT_(?:(?:BAD|UNSUPPORTED)_CERTIFICATE|CERTIFICATE_(?:REVOKED|UNKNOWN)|ACCESS_DENIED)$/,
    (settings) =>
      settings.tls?.client === undefined
        ? missing()
        : `the server does not accept ${client(settings)}. Set ${pair()} to one that it accepts`,
  ],
  [
    // TLS 1.2 has no alert of its own for a certificate that is missing.
    /ALERT_HANDSHAKE_FAILURE$/,
    (settings, code) =>
      settings.tls?.client === undefined ? missing() : `TLS could not be agreed on with the server (${code})`,
  ],
  [/^ETIMEDOUT$/, () => 'the server does not answer within the time. Is it one for TLS?'],
  [
    /^(?:|ECONNRESET|EPIPE)$/,
    (settings) =>
      settings.tls?.client === undefined
        ? `the server ended the connection without a word. It may demand a client certificate: set ${pair()}`
        : `the server ended the connection without a word. It may not accept ${client(settings)}: see which authorities it trusts`,
  ],
];

/**
 * The fault of a TLS connection that was not agreed on, or was ended before the first answer. Under TLS 1.3 a
 * client has done its part before the server has looked at its certificate (RFC 8446 §2), so that a refusal
 * comes late.
 *
 * @param error as `node:tls` gave it; `undefined` for a connection that ended without one
 */
export function tlsFault(error: unknown, settings: TemporalSettings): TemporalFault {
  const code = codeOf(error);
  const sentence = SENTENCES.find(([pattern]) => pattern.test(code))?.[1];
  const detail = sentence?.(settings, code, error) ?? `TLS could not be agreed on with the server (${code})`;
  return new TemporalFault(`${settings.address}: ${detail}`);
}

function missing(): string {
  return `the server demands a client certificate (mTLS), and none is configured: set ${pair()}`;
}

function pair(): string {
  return `${nameOf('clientCert')} and ${nameOf('clientKey')}`;
}

function client({ tls }: TemporalSettings): string {
  const [certificate] = tls?.client === undefined ? [] : pemCertificates(tls.client.cert);
  return `the client certificate${certificate === undefined ? '' : ` ${describeCertificate(certificate)}`}`;
}

/** The names that the server's certificate does hold: Node.js gives the certificate along with its error. */
function namesIn(error: unknown): string {
  const { cert } = error as { readonly cert?: { readonly subjectaltname?: string } };
  return cert?.subjectaltname === undefined ? '' : `, but for ${cert.subjectaltname.slice(0, 300)}`;
}
