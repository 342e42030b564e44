/** The answer to one gRPC call: a status of https://grpc.io/docs/guides/status-codes, and the message's bytes where it is 0. */
export interface GrpcAnswer {
  readonly status: number;
  /** What the server says of a status other than 0. */
  readonly said: string;
  readonly message: Uint8Array;
}

/** A connection over which Temporal can be called. */
export interface TemporalSession {
  /**
   * @param method of `temporal.api.workflowservice.v1.WorkflowService`
   * @param request protobuf
   * @throws TemporalFault when there is no gRPC answer
   */
  call(method: string, request: Uint8Array): Promise<GrpcAnswer>;
  close(): void;
}
