import { KeyServiceError } from '@waxseal/core';
import { quote } from '@waxseal/core/internal';
import { printable } from '../printable';

const MOST_CAUSES = 8;
const MOST_CHARACTERS = 300;

/**
 * Why a key service did not do something: the reason with its next step, what a fault of network, name or
 * certificate means, and what each cause said, down to the first. Holds no secret: the causes of a
 * `KeyServiceError` hold none.
 */
export function reasonOf(error: unknown): string {
  if (!(error instanceof KeyServiceError)) return error instanceof Error ? error.name : typeof error;
  const own = error.message.replace(`Key ${quote(error.keyId)}: `, '').replace(/\.$/, '');
  const causes = causesOf(error);
  const words = causes.map((cause) => wordsOf(cause, error.because ?? ''));
  const fault =
    error.because === undefined
      ? FAULTS.find(([pattern]) => words.some((text) => pattern.test(text)))?.[1]
      : undefined;
  // Providers give the sentence that names the setting in the error and in its cause.
  const said = words.filter((_, index) => !error.message.includes(causes[index]?.message || error.name));
  return [
    own,
    ...(fault === undefined ? [] : [fault]),
    ...(said.length === 0 ? [] : [`Said: ${said.join(' ← ')}`]),
  ].join('. ');
}

/** The causes of an error, outermost first. */
function causesOf(error: Error): readonly Error[] {
  const causes: Error[] = [];
  let next: unknown = error.cause;
  while (next instanceof Error && causes.length < MOST_CAUSES && !causes.includes(next)) {
    causes.push(next);
    const { cause, errors } = next as { readonly cause?: unknown; readonly errors?: readonly unknown[] };
    // Node.js tries each address of a host, and gives an error with those of all.
    next = cause ?? errors?.[0];
  }
  return causes;
}

/** @param said what was said already */
function wordsOf(error: Error, said: string): string {
  const { code } = error as { readonly code?: unknown };
  const text = error.message.replace(said, '').trim() || error.name;
  const shown = printable(text.slice(0, MOST_CHARACTERS));
  return typeof code === 'string' && !text.includes(code)
    ? `${shown} (${printable(code).slice(1, -1)})`
    : shown;
}

/**
 * What a person can do about a fault of network, name or certificate, by Node.js's code or OpenSSL's words:
 * some libraries hand on the words alone.
 */
const FAULTS: readonly (readonly [RegExp, string])[] = [
  [
    /SELF_SIGNED_CERT|UNABLE_TO_(?:GET_ISSUER_CERT|VERIFY_LEAF)|self.signed certificate|unable to (?:get (?:local )?issuer|verify the first) certificate/i,
    "The service's certificate is not signed by an authority that Node.js trusts: name the file of that authority's certificate in NODE_EXTRA_CA_CERTS",
  ],
  [
    /ERR_TLS_CERT_ALTNAME_INVALID|does not match certificate's altnames/i,
    "The service's certificate is for another name: use one of its names in the address",
  ],
  [/CERT_HAS_EXPIRED|certificate has expired/i, "The service's certificate has expired: renew it there"],
  [
    /CERT_NOT_YET_VALID|certificate is not yet valid/i,
    "The service's certificate is not valid yet: is this machine's clock right?",
  ],
  [
    /WRONG_VERSION_NUMBER|wrong version number|PACKET_LENGTH_TOO_LONG|EPROTO\b/i,
    'What answers there does not speak TLS: check the port, and whether the address should begin with http://',
  ],
  [
    /ENOTFOUND/,
    "The name of the service's host is not known: check the address, and the DNS of this machine",
  ],
  [/EAI_AGAIN/, "The name of the service's host cannot be looked up now: check the DNS of this machine"],
  [/ECONNREFUSED/, 'Nothing listens there: check address and port, and that the service runs'],
  [
    /EHOSTUNREACH|ENETUNREACH/,
    'There is no way to the service from here: check routes, firewalls, and HTTPS_PROXY where one is needed',
  ],
];
