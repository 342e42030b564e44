import type { BearerAuthenticatorOptions } from './bearer-authenticator-options';
import type { ClientCertificateAuthenticatorOptions } from './client-certificate-authenticator-options';
import type { JwtAuthenticatorOptions } from './jwt-authenticator-options';

/** One way in which a request can say who makes it. */
export type AuthenticatorOptions =
  JwtAuthenticatorOptions | BearerAuthenticatorOptions | ClientCertificateAuthenticatorOptions;
