import type { ClientCertificateAuthenticatorOptions } from './client-certificate-authenticator-options';

/** The options for client certificates after validation. */
export interface ClientCertificateSettings {
  readonly subject: ClientCertificateAuthenticatorOptions['subject'];
  /** Patterns; one must match. */
  readonly requiredNames: readonly string[];
}
