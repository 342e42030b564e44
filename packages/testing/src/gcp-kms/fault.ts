import { status } from '@grpc/grpc-js';

/** One message of `google/rpc/error_details.proto`, by its name. */
export interface GcpFaultDetail {
  readonly type: 'ErrorInfo' | 'PreconditionFailure' | 'QuotaFailure';
  readonly value: Readonly<Record<string, unknown>>;
}

/** An error answer of the service: a gRPC status with a message, and details where the service gives them. */
export class GcpFault extends Error {
  override readonly name = 'GcpFault';
  readonly code: status;
  readonly details: readonly GcpFaultDetail[];

  constructor(code: keyof typeof status, message: string, details: readonly GcpFaultDetail[] = []) {
    super(message);
    this.code = status[code];
    this.details = details;
  }
}
