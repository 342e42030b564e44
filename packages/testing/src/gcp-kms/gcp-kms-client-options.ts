import type * as grpc from '@grpc/grpc-js';

import type { GcpServiceAccount } from './gcp-service-account';

/** What `new KeyManagementServiceClient(…)` needs to speak to the double. */
export type GcpKmsClientOptions = {
  readonly servicePath: string;
  readonly port: number;
  readonly projectId: string;
  /** A service account that the double knows; without TLS its token is not sent. */
  readonly credentials: GcpServiceAccount;
  /** Without TLS: no TLS and no token. */
  readonly sslCreds?: grpc.ChannelCredentials;
  /** With TLS: the client's own gRPC library, whose trusted certificates are the double's. */
  readonly grpc?: typeof grpc;
  /** With TLS: the name in the certificate. */
  readonly 'grpc.ssl_target_name_override'?: string;
};
