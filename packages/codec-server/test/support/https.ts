import { request, Agent, type AgentOptions } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { AnswerJson } from './post';

/** What a client over TLS got. */
export interface HttpsAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: AnswerJson;
  /** Common name of the certificate that the server showed. */
  readonly server: string;
  /** Whether the connection had been used before. */
  readonly isReused: boolean;
}

/** What is sent; `POST /decode` of one empty payload unless something else is said. */
export interface HttpsRequest extends Pick<
  AgentOptions,
  'ca' | 'cert' | 'key' | 'minVersion' | 'maxVersion' | 'session'
> {
  readonly agent?: Agent;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const BODY = JSON.stringify({ payloads: [{}] });

/** Makes one request with Node's client, which checks the server's certificate. */
export function askHttps(url: string, options: HttpsRequest): Promise<HttpsAnswer> {
  const {
    agent = new Agent({ maxCachedSessions: 0 }),
    method = 'POST',
    path = '/orders/decode',
    body = BODY,
  } = options;
  const { ca, cert, key, minVersion, maxVersion, session, headers = {} } = options;
  const given = Object.fromEntries(
    Object.entries({ ca, cert, key, minVersion, maxVersion, session }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  return new Promise((resolve, reject) => {
    let server = '';
    const sent = request(`${url}${path}`, { ...given, agent, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => {
        const json = (text.startsWith('{') ? JSON.parse(text) : {}) as AnswerJson;
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, text, json, server, isReused: sent.reusedSocket });
      });
    });
    sent.on('error', reject);
    sent.on('socket', (socket: TLSSocket) => {
      const look = () => {
        server = serverOf(socket);
      };
      if (sent.reusedSocket) look();
      else socket.once('secureConnect', look);
    });
    sent.end(method === 'POST' ? body : undefined);
  });
}

const seen = new WeakMap<TLSSocket, string>();

/**
 * Asks each socket once: on the side of the client, Node takes the certificate out of the chain and finds
 * none after that.
 */
function serverOf(socket: TLSSocket): string {
  const name = seen.get(socket) ?? String(socket.getPeerX509Certificate()?.toLegacyObject().subject.CN);
  seen.set(socket, name);
  return name;
}
