import type { IncomingHttpHeaders } from 'node:http';

import { KmsFault } from './kms-fault';

/** What a signed request says of its signer. */
export interface Authorization {
  readonly accessKeyId: string;
  /** The region that the request is for. */
  readonly region: string;
}

const HEADER =
  /^AWS4-HMAC-SHA256 Credential=([A-Za-z0-9]{4,128})\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;
const MAX_SKEW_MS = 5 * 60 * 1000;
const SIGNED = { kms: ['host', 'x-amz-date', 'x-amz-target'], sts: ['host', 'x-amz-date'] };

/**
 * Checks the form of a Signature Version 4 header: algorithm, scope, signed headers, date. The signature itself is not
 * computed.
 *
 * @param now the server's clock, in milliseconds since 1970
 * @param expected the service that the request must be signed for
 * @throws KmsFault as the service answers an unsigned or wrongly signed request
 */
export function readAuthorization(
  headers: IncomingHttpHeaders,
  now: number,
  expected: keyof typeof SIGNED = 'kms',
): Authorization {
  const { authorization } = headers;
  if (authorization === undefined) {
    throw new KmsFault('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  const [, accessKeyId, day, region, service, signed] = HEADER.exec(authorization) ?? [];
  if (accessKeyId === undefined || region === undefined || day === undefined) {
    throw new KmsFault(
      'IncompleteSignatureException',
      'The Authorization header is not of the expected form.',
    );
  }
  const date = headers['x-amz-date'];
  if (
    service !== expected ||
    typeof date !== 'string' ||
    !/^\d{8}T\d{6}Z$/.test(date) ||
    !date.startsWith(day)
  ) {
    throw new KmsFault(
      'InvalidSignatureException',
      'Credential should be scoped to correct service and date.',
    );
  }
  const at = Date.parse(date.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
  if (!(Math.abs(at - now) <= MAX_SKEW_MS)) {
    throw new KmsFault('InvalidSignatureException', `Signature expired or not yet current: ${date}`);
  }
  const names = (signed ?? '').split(';');
  const unsigned = SIGNED[expected].find((name) => !names.includes(name));
  if (unsigned !== undefined) {
    throw new KmsFault('InvalidSignatureException', `'${unsigned}' must be a signed header.`);
  }
  return { accessKeyId, region };
}
