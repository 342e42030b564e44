import { withDeadline } from '@waxseal/core';
import { isSecureUrl } from './is-secure-url';
import type { FetchGate } from './fetch-gate';
import { IssuerUnavailableError } from './issuer-unavailable-error';

const TIMEOUT_MS = 3_000;

/**
 * Asks an issuer where its keys are (OpenID Connect Discovery 1.0 §4). Redirects are not followed.
 *
 * @throws IssuerUnavailableError when it does not say, or says it in the name of another issuer (§4.3)
 */
export async function discoverJwksUri(issuer: string, gate: FetchGate): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await withDeadline(TIMEOUT_MS, undefined, (signal) =>
    gate.fetch(url, { redirect: 'manual', signal }),
  ).catch((cause: unknown) => {
    if (cause instanceof IssuerUnavailableError) throw cause;
    throw new IssuerUnavailableError(`${url} does not answer.`, { cause });
  });
  if (response.status !== 200) {
    throw new IssuerUnavailableError(
      `${url} answered ${String(response.status)}. Check the issuer, or give jwksUri.`,
    );
  }
  let document: unknown;
  try {
    document = await response.json();
  } catch (cause) {
    throw new IssuerUnavailableError(`${url} did not answer JSON. Check the issuer, or give jwksUri.`, {
      cause,
    });
  }
  const { issuer: named, jwks_uri: uri } = (document ?? {}) as Readonly<Record<string, unknown>>;
  if (named !== issuer) {
    throw new IssuerUnavailableError(
      `${url} is of another issuer. Write the issuer exactly as it is named there.`,
    );
  }
  if (typeof uri !== 'string' || !isSecureUrl(uri)) {
    throw new IssuerUnavailableError(`${url} names no jwks_uri with HTTPS.`);
  }
  return uri;
}
