import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';

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

/** What the double does with an authenticated request instead of, or after, what the service would do. */
export type AzureKeyVaultBehaviour =
  /** Answers this error of the service. `status` is the one of the code where it is known, else 400. */
  | {
      readonly error: string;
      readonly innererror?: string;
      readonly status?: number;
      readonly message?: string;
      /** Seconds, for the header `Retry-After`. */
      readonly retryAfter?: number;
    }
  /** Answers exactly this: what a proxy in between might. */
  | {
      readonly status: number;
      readonly body: string;
      readonly contentType?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Cuts the connection in the middle of the right answer. */
  | { readonly cut: true }
  /** Never answers. */
  | { readonly hang: true }
  /** Changes the right answer: what no service should. */
  | { readonly edit: (answer: Record<string, unknown>) => unknown };
