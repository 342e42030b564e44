/**
 * An OpenID provider on loopback, certified software and not the tests' own: `oidc-provider`. It lets everybody sign in under the name
 * that they type. Prints its issuer, and runs until its standard input ends.
 *
 * Usage: node run-open-id-provider.mjs <redirect URI> <origin that may fetch tokens, or "none"> <lifetime of tokens in seconds>
 */
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const [redirectUri, origin, lifetime] = process.argv.slice(2);
const RESOURCE = 'urn:codec-server';

const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'codec-page',
      application_type: 'native',
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
      response_types: ['code'],
    },
  ],
  clientBasedCORS: (_context, asking) => asking === origin,
  conformIdTokenClaims: false,
  claims: { openid: ['sub'], email: ['email'] },
  findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub, email: `${sub}@example.com` }) }),
  features: {
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: () => ({ scope: '', audience: RESOURCE, accessTokenFormat: 'jwt' }),
    },
  },
  pkce: { required: () => true },
  ttl: { AccessToken: () => Number(lifetime), IdToken: Number(lifetime) },
  cookies: { keys: ['of a test'] },
});
server.on('request', provider.callback());
process.stdin.on('end', () => process.exit()).resume();
console.log(issuer);
