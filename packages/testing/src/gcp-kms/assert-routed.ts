import type { Metadata } from '@grpc/grpc-js';

import { GcpFault } from './gcp-fault';
import type { GcpRequestShape } from './record-gcp-request';

/**
 * Checks the routing header (https://google.aip.dev/4222): it says which resource the request is for, so that the front ends
 * find the location of the key.
 *
 * @throws GcpFault `INVALID_ARGUMENT` when it is missing or names another resource
 */
export function assertRouted(metadata: Metadata, request: GcpRequestShape): void {
  const params = new URLSearchParams(String(metadata.get('x-goog-request-params')[0] ?? ''));
  const isRight =
    request.resource === undefined
      ? params.get('name') === request.name
      : params.get('resource') === request.resource;
  if (!isRight) {
    throw new GcpFault('INVALID_ARGUMENT', 'x-goog-request-params must name the resource of the request.');
  }
}
