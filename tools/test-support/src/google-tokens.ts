import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What Google's libraries ask for tokens: the metadata server, the OAuth 2.0 endpoint, and STS, in one. */
export interface GoogleTokens {
  /** `127.0.0.1:<port>`, for `GCE_METADATA_HOST`. */
  readonly host: string;
  /** Paths that were asked, oldest first. */
  readonly asked: string[];
  /** Does this with the next requests for a token, one after the other: silence, or an answer. */
  readonly next: ('silence' | { readonly status: number; readonly body: object })[];
  close(): Promise<void>;
}

/**
 * Starts it on a free port of 127.0.0.1.
 *
 * @param issue makes an access token that the service takes
 * @param lifetimeS seconds for which the tokens are said to be good
 */
export async function startGoogleTokens(issue: () => string, lifetimeS = 3600): Promise<GoogleTokens> {
  const held: ServerResponse[] = [];
  const server = createServer((request, response) => {
    const path = String(request.url).replace(/\?.*/, '');
    tokens.asked.push(path);
    request.resume();
    response.setHeader('Metadata-Flavor', 'Google');
    const isToken = /\/token$/.test(path);
    const instead = isToken ? tokens.next.shift() : undefined;
    if (instead === 'silence') {
      held.push(response);
      return;
    }
    const answer =
      instead?.body ??
      (isToken
        ? {
            access_token: issue(),
            expires_in: lifetimeS,
            token_type: 'Bearer',
            issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          }
        : undefined);
    const text = path.endsWith('/project-id')
      ? 'test-project'
      : path.endsWith('/universe-domain')
        ? 'googleapis.com'
        : path.endsWith('/email')
          ? 'worker@test-project.iam.gserviceaccount.com'
          : '{}';
    response
      .writeHead(instead?.status ?? 200, { 'content-type': isToken ? 'application/json' : 'text/plain' })
      .end(answer === undefined ? text : JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const tokens: GoogleTokens = {
    host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    asked: [],
    next: [],
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return tokens;
}
