import { once } from 'node:events';
import { createServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { temporal } from '@temporalio/proto';

import type { FakeTemporal } from './fake-temporal';

const api = temporal.api.workflowservice.v1;
const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;

/** A {@link FakeTemporal} that the command can be pointed at. */
export interface FakeTemporalServer {
  /** Variables for the command. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Serves the calls of a stand-in on a free port, over gRPC without TLS. What it has no call for is answered
 * as by a server that does not know it.
 *
 * @param said what is said of a call that is not known, by its name
 */
export async function serveFakeTemporal(
  fake: FakeTemporal,
  said: Readonly<Record<string, string>> = {},
): Promise<FakeTemporalServer> {
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream, headers) => {
    const method = String(headers[':path']).replace(/^.*\//, '');
    const chunks: Buffer[] = [];
    stream.on('error', () => undefined);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      const call = fake.calls[method];
      const message = call?.(Buffer.concat(chunks).subarray(5));
      const status = call === undefined ? UNIMPLEMENTED : message === undefined ? NOT_FOUND : 0;
      const text = status === UNIMPLEMENTED ? (said[method] ?? `unknown method ${method}`) : '';
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => {
        stream.sendTrailers({ 'grpc-status': String(status), 'grpc-message': text });
      });
      const prefix = Buffer.alloc(5);
      prefix.writeUInt32BE(message?.length ?? 0, 1);
      stream.end(message === undefined ? undefined : Buffer.concat([prefix, message]));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    environment: {
      TEMPORAL_ADDRESS: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
      TEMPORAL_NAMESPACE: 'orders',
    },
    close: async () => {
      for (const session of sessions) session.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

/** The calls of a whole server of a version, which has nothing but the executions of the stand-in. */
export function withAllCalls(fake: FakeTemporal, serverVersion = '1.32.0'): FakeTemporal {
  const counted = { count: 0 as never };
  Object.assign(fake.calls, {
    GetSystemInfo: () => api.GetSystemInfoResponse.encode({ serverVersion }).finish(),
    DescribeNamespace: () =>
      api.DescribeNamespaceResponse.encode({
        namespaceInfo: { id: 'id-of-orders', capabilities: {} },
        config: { workflowExecutionRetentionTtl: { seconds: 86_400 as never } },
      }).finish(),
    CountActivityExecutions: () => api.CountActivityExecutionsResponse.encode(counted).finish(),
    CountNexusOperationExecutions: () => api.CountNexusOperationExecutionsResponse.encode(counted).finish(),
    ListActivityExecutions: () => api.ListActivityExecutionsResponse.encode({}).finish(),
    ListNexusOperationExecutions: () => api.ListNexusOperationExecutionsResponse.encode({}).finish(),
    ListWorkerDeployments: () => api.ListWorkerDeploymentsResponse.encode({}).finish(),
    ListBatchOperations: () => api.ListBatchOperationsResponse.encode({}).finish(),
    ListSchedules: () => api.ListSchedulesResponse.encode({}).finish(),
  });
  return fake;
}
