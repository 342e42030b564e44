import { createRequire } from 'node:module';

import type { GcpKmsClientOptions } from '@waxseal/testing';

interface AuthLibrary {
  readonly GoogleAuth: new (options: object) => object;
  readonly OAuth2Client: new (options: object) => { setCredentials(credentials: object): void };
}

/**
 * Client options with credentials of a person, whose tokens come from that endpoint: Google's own code asks
 * it.
 */
export function refreshingClientOptions(
  options: GcpKmsClientOptions,
  tokenUrl: string,
): Record<string, object | string | number> {
  const gax = createRequire(createRequire(__filename).resolve('@google-cloud/kms')).resolve('google-gax');
  const { GoogleAuth, OAuth2Client } = createRequire(gax)('google-auth-library') as AuthLibrary;
  const authClient = new OAuth2Client({
    clientId: 'client-id',
    clientSecret: 'secret-of-the-client',
    endpoints: { oauth2TokenUrl: tokenUrl },
    // The library imports its own dynamically, which Jest does not allow.
    transporterOptions: { fetchImplementation: fetch },
  });
  authClient.setCredentials({ refresh_token: 'refresh-token-of-a-person' });
  return { ...options, auth: new GoogleAuth({ authClient }) };
}
