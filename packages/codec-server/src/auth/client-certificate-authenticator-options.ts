/**
 * Accepts TLS client certificates. {@link listen} asks for them when `tls.clientCaFile` says who issues them. A token that a
 * request holds comes first, where tokens are configured also.
 */
export interface ClientCertificateAuthenticatorOptions {
  readonly type: 'client-certificate';

  /**
   * The name in the certificate that is the principal: the one subject alternative name of that kind (`uri` for a SPIFFE ID), or
   * the common name. A certificate that has none or several of the kind is refused.
   */
  readonly subject: 'uri' | 'dns' | 'email' | 'common-name';

  /**
   * What that name must be for the certificate to be accepted at all: patterns of which one must match; `*` stands for any
   * characters. Needed where the authority also issues certificates to others. Default: any name.
   */
  readonly requiredName?: string | readonly string[];
}
