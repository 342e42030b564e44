import { ConfigurationError } from '@waxseal/core';
import { asObject } from '../options/as-object';
import { asText } from '../options/as-text';
import { asTexts } from '../options/as-texts';
import type { ClientCertificateAuthenticatorOptions } from './client-certificate-authenticator-options';
import type { ClientCertificateSettings } from './client-certificate-settings';

const FIELDS: ReadonlySet<string> = new Set<keyof ClientCertificateAuthenticatorOptions>([
  'type',
  'subject',
  'requiredName',
]);

/**
 * Validates the entry for client certificates.
 *
 * @param field where it stands, for messages
 * @throws ConfigurationError that names the field
 */
export function resolveClientCertificate(value: unknown, field: string): ClientCertificateSettings {
  const { subject, requiredName = '*' } = asObject(value, field, FIELDS);
  if (subject !== 'uri' && subject !== 'dns' && subject !== 'email' && subject !== 'common-name') {
    throw new ConfigurationError(
      `${field}.subject must be "uri", "dns", "email" or "common-name": the name in the certificate that is the principal.`,
    );
  }
  const at = `${field}.requiredName`;
  const requiredNames =
    typeof requiredName === 'string' ? [asText(requiredName, at)] : asTexts(requiredName, at);
  return { subject, requiredNames };
}
