import { Metadata, type StatusObject } from '@grpc/grpc-js';

import type { GcpFault } from './gcp-fault';
import type { GcpApi } from './load-gcp-api';

/** A fault as gRPC carries it, with a `google.rpc.Status` in the trailer `grpc-status-details-bin` where it has details. */
export function statusOfFault(fault: GcpFault, { serializeRpc }: GcpApi): StatusObject {
  const metadata = new Metadata();
  if (fault.details.length > 0) {
    const details = fault.details.map(({ type, value }) => ({
      type_url: `type.googleapis.com/google.rpc.${type}`,
      value: serializeRpc(type, value),
    }));
    metadata.set(
      'grpc-status-details-bin',
      serializeRpc('Status', { code: fault.code, message: fault.message, details }),
    );
  }
  return { code: fault.code, details: fault.message, metadata };
}
