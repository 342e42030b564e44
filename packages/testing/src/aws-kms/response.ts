import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';

/** What goes back. */
interface KmsAnswer {
  readonly status: number;
  readonly json: unknown;
  /** The server's clock, in milliseconds since 1970. */
  readonly now: number;
}

/**
 * Sends an answer as AWS JSON 1.1, or what is scripted instead of it: another answer, or half of this one.
 */
export function sendAnswer(
  response: ServerResponse,
  { status, json, now }: KmsAnswer,
  scripted: AwsKmsBehaviour | undefined,
): void {
  response.setHeader('Date', new Date(now).toUTCString());
  if (scripted !== undefined && 'status' in scripted) {
    response.writeHead(scripted.status, { 'Content-Type': scripted.contentType ?? KMS_CONTENT_TYPE });
    response.end(scripted.body);
    return;
  }
  const text = JSON.stringify(json);
  response.writeHead(status, {
    'Content-Type': KMS_CONTENT_TYPE,
    'Content-Length': Buffer.byteLength(text),
    'x-amzn-RequestId': randomUUID(),
  });
  if (scripted !== undefined && 'cut' in scripted) {
    response.write(text.slice(0, text.length / 2), () => {
      response.destroy();
    });
    return;
  }
  response.end(text);
}

/** Content type of AWS JSON 1.1. */
export const KMS_CONTENT_TYPE = 'application/x-amz-json-1.1';

/** What the double does with a request instead of, or after, what the service would do. */
export type AwsKmsBehaviour =
  /** Answers this error of the service, with its status. */
  | { readonly error: string; readonly message?: string }
  /** Answers exactly this: what a proxy in between might. */
  | { readonly status: number; readonly body: string; readonly contentType?: string }
  /** Cuts the connection in the middle of the right answer. */
  | { readonly cut: true }
  /** Never answers. */
  | { readonly hang: true }
  /** Changes the right answer: what no service should. */
  | { readonly edit: (answer: Record<string, unknown>) => unknown };
