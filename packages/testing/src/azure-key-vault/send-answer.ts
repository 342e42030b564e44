import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';

import type { AzureKeyVaultBehaviour } from './azure-key-vault-behaviour';

/** What goes back. */
export interface KeyVaultAnswer {
  readonly status: number;
  readonly json: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** Sends an answer as JSON, or what is scripted instead of it: another answer, or half of this one. */
export function sendAnswer(
  response: ServerResponse,
  { status, json, headers }: KeyVaultAnswer,
  scripted: AzureKeyVaultBehaviour | undefined,
): void {
  if (scripted !== undefined && 'body' in scripted) {
    response.writeHead(scripted.status, {
      'Content-Type': scripted.contentType ?? JSON_TYPE,
      ...scripted.headers,
    });
    response.end(scripted.body);
    return;
  }
  const text = JSON.stringify(json);
  response.writeHead(status, {
    'Content-Type': JSON_TYPE,
    'Content-Length': Buffer.byteLength(text),
    'x-ms-request-id': randomUUID(),
    ...headers,
  });
  if (scripted !== undefined && 'cut' in scripted) {
    response.write(text.slice(0, text.length / 2), () => {
      response.destroy();
    });
    return;
  }
  response.end(text);
}
