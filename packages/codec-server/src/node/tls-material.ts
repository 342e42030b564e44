import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureVersion } from 'node:tls';
import { ConfigurationError } from '@waxseal/core';
import type { TlsSettings, PemSource } from './tls-options';

/**
 * Checks that a certificate can be shown to clients now. No message and no cause holds anything of the key.
 *
 * @param settings where it comes from, for messages
 * @returns end of the certificate's validity
 * @throws ConfigurationError that names the field and says what is wrong
 */
export function checkTlsMaterial({ cert, key, clientCa }: TlsMaterial, settings: TlsSettings): Date {
  const [own] = certificatesOf(cert, settings.cert.field);
  const privateKey = privateKeyOf(key, settings.key.field);
  if (!own.checkPrivateKey(privateKey)) {
    throw new ConfigurationError(
      `${settings.key.field} is not the key of the first certificate in ${settings.cert.field}. Give the pair that was issued together; the server's own certificate stands first.`,
    );
  }
  const notAfter = new Date(own.validTo);
  const now = Date.now();
  if (notAfter.getTime() <= now) {
    throw new ConfigurationError(
      `${settings.cert.field} holds a certificate that expired on ${notAfter.toISOString()}. Renew it.`,
    );
  }
  const notBefore = new Date(own.validFrom);
  if (notBefore.getTime() > now) {
    throw new ConfigurationError(
      `${settings.cert.field} holds a certificate that is valid only from ${notBefore.toISOString()}. Check this machine's clock.`,
    );
  }
  if (clientCa !== undefined) checkAuthorities(clientCa, settings.clientCa?.field ?? 'tls.clientCa', now);
  try {
    createSecureContext({
      cert,
      key,
      minVersion: settings.minVersion,
      ...(clientCa === undefined ? {} : { ca: clientCa }),
    });
  } catch (error) {
    throw new ConfigurationError(
      `${settings.cert.field} and ${settings.key.field} cannot be used for TLS (${codeOf(error)}). Check that all of the chain is there and that the key is not too short.`,
    );
  }
  return notAfter;
}

function checkAuthorities(pem: string, field: string, now: number): void {
  const authorities = certificatesOf(pem, field);
  if (!authorities.every(({ ca }) => ca)) {
    throw new ConfigurationError(
      `${field} holds a certificate that is no authority's. Give those of the authorities that sign your clients' certificates.`,
    );
  }
  if (authorities.every(({ validTo }) => Date.parse(validTo) <= now)) {
    throw new ConfigurationError(`${field} holds only authorities that have expired. Renew them.`);
  }
}

function certificatesOf(pem: string, field: string): [X509Certificate, ...X509Certificate[]] {
  try {
    const [first, ...others] = splitCertificates(pem).map((one) => new X509Certificate(one));
    if (first !== undefined) return [first, ...others];
  } catch {
    // The message below says all there is to say.
  }
  throw new ConfigurationError(`${field} holds no certificate in PEM ("-----BEGIN CERTIFICATE-----").`);
}

function privateKeyOf(pem: string, field: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new ConfigurationError(
      `${field} holds no private key in PEM that can be read without a passphrase (${codeOf(error)}).`,
    );
  }
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'no code';
}

/** @throws ConfigurationError that names the file that cannot be read */
export async function readTlsMaterial({ cert, key, clientCa }: TlsSettings): Promise<TlsMaterial> {
  return {
    cert: await read(cert),
    key: await read(key),
    clientCa: clientCa === undefined ? undefined : await read(clientCa),
  };
}

async function read({ field, value, isFile }: PemSource): Promise<string> {
  if (!isFile) return value;
  try {
    return await readFile(value, 'utf8');
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new ConfigurationError(
      `${field}: ${JSON.stringify(value)} cannot be read (${code}). Check the path and who may read it.`,
    );
  }
}

/** Certificate, key and authorities in PEM, as they were read. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
  readonly clientCa: string | undefined;
}

/** What Node makes connections with. */
export interface SecureContext {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
  readonly minVersion: SecureVersion;
}

/** @param material checked */
export function secureContext(
  { cert, key, clientCa }: TlsMaterial,
  { minVersion }: TlsSettings,
): SecureContext {
  return { cert, key, minVersion, ...(clientCa === undefined ? {} : { ca: clientCa }) };
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * The certificates of a PEM text, each alone, in order. Whatever stands between them is left out (RFC 7468
 * §2).
 */
function splitCertificates(pem: string): readonly string[] {
  return pem.match(CERTIFICATE) ?? [];
}
