import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';

import type { AwsKmsBehaviour } from './aws-kms-behaviour';
import { KMS_CONTENT_TYPE } from './kms-content-type';

/** What goes back. */
export interface KmsAnswer {
  readonly status: number;
  readonly json: unknown;
  /** The server's clock, in milliseconds since 1970. */
  readonly now: number;
}

/** Sends an answer as AWS JSON 1.1, or what is scripted instead of it: another answer, or half of this one. */
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
