import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import type * as grpc from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';

import type { GcpFaultDetail } from './gcp-fault';

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

// The loader makes serializers for the methods of services only; so the definition gets a service that has each type.
function serializers(root: Root): grpc.ServiceDefinition {
  const methods = Object.fromEntries(
    RPC_TYPES.map((type) => [type, { requestType: type, responseType: type }]),
  );
  root.nested.google.nested.rpc.nested[SERIALIZER] = { methods };
  return fromJSON(root, AS_READ)[`google.rpc.${SERIALIZER}`] as grpc.ServiceDefinition;
}
