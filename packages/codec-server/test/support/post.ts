import type { ClientConnection, CodecServer } from '../../src';

/** One payload in protojson, as the server answers it. */
export interface PayloadJson {
  readonly metadata?: Readonly<Record<string, string>>;
  readonly data?: string;
  readonly externalPayloads?: readonly { readonly sizeBytes: string }[];
}

/** What the server answers: payloads, or an error. */
export interface AnswerJson {
  readonly payloads?: readonly PayloadJson[];
  readonly error?: { readonly code: string; readonly message: string; readonly help: string };
}

/** POSTs a body to a server without a socket. Objects are sent as JSON. */
export async function post(
  server: CodecServer,
  path: string,
  body: string | object,
  headers: Record<string, string> = {},
  connection: ClientConnection = {},
): Promise<{ response: Response; json: AnswerJson }> {
  const response = await server.fetch(
    new Request(`http://127.0.0.1:8081${path}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'Content-Type': 'application/json', ...headers },
    }),
    connection,
  );
  return { response, json: (await response.json()) as AnswerJson };
}

/** Base64 of a text. */
export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
