import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The endpoint that gives the managed identity of an Azure App Service its tokens. */
export interface ManagedIdentity {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Tokens that were given out so far. */
  readonly issued: number;
  /** What it answers: a token, nothing at all, or an HTTP status. May be set. */
  answers: 'token' | 'nothing' | number;
  close(): Promise<void>;
}

/**
 * Starts it on a free port of 127.0.0.1. `IDENTITY_ENDPOINT` leads there, with any path and any
 * `IDENTITY_HEADER`.
 *
 * @param credential makes the tokens that the service takes
 */
export async function startManagedIdentity(credential: {
  getToken(scope: string): Promise<{ readonly token: string; readonly expiresOnTimestamp: number }>;
}): Promise<ManagedIdentity> {
  let issued = 0;
  const server = createServer((_request, response) => {
    if (identity.answers === 'nothing') return;
    response.setHeader('Content-Type', 'application/json');
    if (typeof identity.answers === 'number') {
      response
        .writeHead(identity.answers)
        .end(JSON.stringify({ statusCode: identity.answers, message: 'No' }));
      return;
    }
    void credential
      .getToken('https://vault.azure.net/.default')
      .then(({ token: access_token, expiresOnTimestamp }) => {
        issued += 1;
        const expires_on = String(Math.floor(expiresOnTimestamp / 1000));
        response.end(JSON.stringify({ access_token, expires_on, resource: 'r', token_type: 'Bearer' }));
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const identity: ManagedIdentity = {
    port: (server.address() as AddressInfo).port,
    get issued() {
      return issued;
    },
    answers: 'token',
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return identity;
}
