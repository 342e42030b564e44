import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import type * as grpc from '@grpc/grpc-js';
import { type ServiceDefinition, type status, Metadata, type StatusObject } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import type { GcpFaultDetail, GcpFault } from './fault';

/**
 * A listener on the loopback interface that hands its connections to a gRPC server, and can cut one of them.
 */
export class GrpcFront {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(serve: (socket: Socket) => void) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
      serve(socket);
    });
  }

  /** The port that it listens on. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Listens on a free port. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  /**
   * Cuts the connection from that peer, at once.
   *
   * @param peer `address:port`, as `call.getPeer()` says it
   */
  cut(peer: string): void {
    for (const socket of this.#sockets)
      if (peer.endsWith(`:${String(socket.remotePort)}`)) socket.resetAndDestroy();
  }

  /** Cuts every connection and stops. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }
}

/** The service's public API definition, as `@google-cloud/kms` and `google-gax` ship it. */
export interface GcpApi {
  readonly keyManagementService: grpc.ServiceDefinition;
  readonly iamPolicy: grpc.ServiceDefinition;
  /** Serializes a message of `google.rpc`. */
  readonly serializeRpc: (type: GcpFaultDetail['type'] | 'Status', message: object) => Buffer;
  /** The gRPC library that the SDK's client uses. */
  readonly clientGrpc: typeof grpc;
}

type Json = Parameters<typeof fromJSON>[0];
type Root = Json & {
  nested: { google: { nested: { rpc: { nested: Record<string, unknown> } } } };
};

const AS_READ = { longs: String, enums: String, defaults: true } as const;
const RPC_TYPES = ['Status', 'ErrorInfo', 'PreconditionFailure', 'QuotaFailure'] as const;
const SERIALIZER = 'WaxsealSerializer';

/** @throws Error that says what to install, when `@google-cloud/kms` is not there */
export function loadGcpApi(): GcpApi {
  const here = createRequire(__filename);
  let kmsMain: string;
  try {
    kmsMain = here.resolve('@google-cloud/kms');
  } catch {
    throw new Error(
      'The double of Google Cloud KMS is made from the API definition in @google-cloud/kms, which is not installed: npm install --save-dev @google-cloud/kms',
    );
  }
  const gaxMain = createRequire(kmsMain).resolve('google-gax');
  const gaxProtos = join(dirname(gaxMain), '..', 'protos');
  const kms = fromJSON(readJson(join(dirname(kmsMain), '..', 'protos', 'protos.json')), AS_READ);
  const iam = fromJSON(readJson(join(gaxProtos, 'iam_service.json')), AS_READ);
  const rpc = serializers(readJson(join(gaxProtos, 'status.json')) as Root);
  return {
    keyManagementService: kms['google.cloud.kms.v1.KeyManagementService'] as grpc.ServiceDefinition,
    iamPolicy: iam['google.iam.v1.IAMPolicy'] as grpc.ServiceDefinition,
    serializeRpc: (type, message) => {
      const method = rpc[type];
      if (method === undefined) throw new Error(`google.rpc.${type} is not defined.`);
      return method.responseSerialize(message);
    },
    clientGrpc: createRequire(gaxMain)('@grpc/grpc-js') as typeof grpc,
  };
}

function readJson(path: string): Json {
  return JSON.parse(readFileSync(path, 'utf8')) as Json;
}

// The loader makes serializers for the methods of services only; so the definition gets a service that has
// each type.
function serializers(root: Root): grpc.ServiceDefinition {
  const methods = Object.fromEntries(
    RPC_TYPES.map((type) => [type, { requestType: type, responseType: type }]),
  );
  root.nested.google.nested.rpc.nested[SERIALIZER] = { methods };
  return fromJSON(root, AS_READ)[`google.rpc.${SERIALIZER}`] as grpc.ServiceDefinition;
}

/** A service whose answers may be bytes, which are sent as they are. */
export function passBytes(service: ServiceDefinition): ServiceDefinition {
  return Object.fromEntries(
    Object.entries(service).map(([name, method]) => [
      name,
      {
        ...method,
        responseSerialize: (answer: unknown) =>
          answer instanceof Uint8Array ? Buffer.from(answer) : method.responseSerialize(answer),
      },
    ]),
  );
}

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

/**
 * A fault as gRPC carries it, with a `google.rpc.Status` in the trailer `grpc-status-details-bin` where it
 * has details.
 */
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
