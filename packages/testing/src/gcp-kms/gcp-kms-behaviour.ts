import type { status } from '@grpc/grpc-js';

/** What the double does with a request instead of, or after, what the service would do. */
export type GcpKmsBehaviour =
  /** Answers this gRPC status; `reason` adds a `google.rpc.ErrorInfo`. */
  | {
      readonly error: Exclude<keyof typeof status, 'OK'>;
      readonly message?: string;
      readonly reason?: string;
    }
  /** Answers success with exactly these bytes as the message: what a broken proxy might. */
  | { readonly bytes: Uint8Array }
  /** Cuts the connection after the headers of the right answer. */
  | { readonly cut: true }
  /** Never answers. */
  | { readonly hang: true }
  /** Changes the right answer, its members in lowerCamelCase: what no service should. */
  | { readonly edit: (answer: Record<string, unknown>) => unknown };
