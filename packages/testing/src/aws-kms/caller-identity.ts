import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readAuthorization } from './request';

/** What the answer is made of. */
interface CallerIdentity {
  readonly partition: string;
  readonly account: string;
  /** The server's clock, in milliseconds since 1970. */
  readonly now: number;
}

/**
 * Answers `GetCallerIdentity` of AWS STS (AWS Query protocol, version 2011-06-15), so that a caller can be
 * named. No other operation of STS is known.
 *
 * @returns whether it was that request
 * @throws KmsFault when the request is not signed for STS
 */
export function answerCallerIdentity(
  request: IncomingMessage,
  body: string,
  response: ServerResponse,
  { partition, account, now }: CallerIdentity,
): boolean {
  const isQuery = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  if (!isQuery || new URLSearchParams(body).get('Action') !== 'GetCallerIdentity') return false;
  const { accessKeyId } = readAuthorization(request.headers, now, 'sts');
  const arn = `arn:${partition}:iam::${account}:user/${accessKeyId}`;
  response.writeHead(200, { 'Content-Type': 'text/xml', Date: new Date(now).toUTCString() });
  response.end(
    `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${arn}</Arn><UserId>${accessKeyId}</UserId><Account>${account}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
  );
  return true;
}
