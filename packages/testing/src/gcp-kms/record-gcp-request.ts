import type { ServerUnaryCall } from '@grpc/grpc-js';

import type { GcpKmsRecordedRequest } from './gcp-kms-recorded-request';

/** What the requests that are answered can have; all but the secrets. */
export interface GcpRequestShape {
  readonly name?: string;
  readonly resource?: string;
  readonly permissions?: readonly string[];
  readonly additionalAuthenticatedData?: Uint8Array;
}

/** What is kept of a request. It learns later whether the caller gave it up. */
export function recordGcpRequest(
  method: string,
  caller: string | undefined,
  call: ServerUnaryCall<GcpRequestShape, unknown>,
): GcpKmsRecordedRequest {
  const { request } = call;
  const record = {
    method,
    name: request.name ?? request.resource ?? '',
    caller,
    additionalAuthenticatedData: Uint8Array.from(request.additionalAuthenticatedData ?? []),
    checksums: Object.entries(request)
      .filter(([field, value]) => field.endsWith('Crc32c') && value !== null)
      .map(([field]) => field),
    permissions: [...(request.permissions ?? [])],
    deadlineMs: Number(call.getDeadline()) - Date.now(),
    cancelled: false,
  };
  call.on('cancelled', () => {
    record.cancelled = true;
  });
  return record;
}
