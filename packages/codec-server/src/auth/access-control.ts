import type { X509Certificate } from 'node:crypto';
import type { Authorize } from '../authorization/access-rules';
import type { Principal } from '../authorization/principal';
import type { DecodePolicies } from '../masking/decode-policies';

/**
 * Finds out who makes a request.
 *
 * @throws RequestError 401, or 503 when that cannot be found out at present
 */
export type Authenticate = (request: Request, connection: ClientConnection) => Promise<Principal>;

/** Who may: the `auth` and `authorize` options after validation. */
export interface AccessControl {
  readonly authenticate: Authenticate;
  /** Whether `auth` has an entry for client certificates. */
  readonly readsClientCertificates: boolean;
  readonly authorize: Authorize;
  /** What is seen under each decode policy; undefined where everything is. */
  readonly policies: DecodePolicies | undefined;
}

/** The certificate that a client showed in the TLS handshake. */
export interface ClientCertificate {
  readonly certificate: X509Certificate;

  /**
   * Why it is not to be believed: the code of OpenSSL's verification, such as `CERT_HAS_EXPIRED`. Undefined
   * only where an authority for clients vouches for it and the client proved that it has the key.
   */
  readonly refusal: string | undefined;
}

/**
 * What is known of the connection on which a request came. {@link listen} finds it out; no header of a
 * request does.
 */
export interface ClientConnection {
  /**
   * IP address of the other end: of the client, or of the proxy in front. Undefined where that is not known.
   */
  readonly remoteAddress?: string;
  /** Undefined where the client showed none, or was not asked for one. */
  readonly clientCertificate?: ClientCertificate;
  /**
   * Calls back once when the answer is out or the connection has ended, whichever comes first. Until then its
   * bytes are in memory and count as the client's. Undefined where that cannot be found out: they count until
   * the answer is handed over then.
   */
  readonly onAnswered?: (callback: () => void) => void;
}
