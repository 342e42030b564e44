/** The part of a gRPC call that is used. */
interface GrpcCall {
  cancelWithStatus(status: number, details: string): void;
}

/** An interceptor of `@grpc/grpc-js`, for one call. */
export type GcpCallInterceptor = (options: never, nextCall: (options: never) => GrpcCall) => never;

const CANCELLED = 1;

/**
 * An interceptor that ends the gRPC call when the signal is aborted, so that neither side works on it any longer. The
 * promises that the client's methods return cannot be cancelled.
 */
export function endCallOnAbort(signal: AbortSignal): GcpCallInterceptor {
  return (options, nextCall) => {
    const call = nextCall(options);
    const end = (): void => {
      call.cancelWithStatus(CANCELLED, 'The caller gave the request up.');
    };
    // A call that was ended already takes no notice.
    if (signal.aborted) queueMicrotask(end);
    else signal.addEventListener('abort', end, { once: true });
    return call as never;
  };
}
