/**
 * What blocks of code in the documents use and do not declare: names of the reader's own application, and names whose import a short
 * block leaves out. A block that declares or imports a name has its own. Each of these is used by a block, or a test fails.
 */

// Of the application.
declare const activities: Record<string, (...args: never[]) => Promise<unknown>>;
declare const client: import('@temporalio/client').Client;
declare const connection: import('@temporalio/worker').NativeConnection;
declare const dataConverter: {
  payloadCodecs: import('@temporalio/common').PayloadCodec[];
  externalStorage: import('@temporalio/common').ExternalStorage;
};
declare const order: { readonly email: string };
declare const orderNumber: number;
declare const email: string;
declare const customerId: string;
declare const address: { readonly street: string };
declare const taskQueue: string;
declare const tracing: import('@temporalio/client').ClientPlugin & import('@temporalio/worker').WorkerPlugin;
declare const workflowsPath: string;
declare function processOrder(order: object): Promise<void>;
declare function rate(address: object): Promise<number>;
declare function refuse(): never;
declare function customerOf(workflowId: string | undefined): string | undefined;

// Made before, as the page says.
declare const codec: import('@waxseal/core').EnvelopeCodec;
declare const compression: import('@waxseal/compression').ZlibCodec;
declare const envelope: import('@waxseal/temporal').EnvelopePlugin;
declare const keyring: import('@waxseal/core').Keyring;
declare const store: import('@waxseal/store').PostgresStore;
declare const decodedPayloads: import('@temporalio/common').Payload[];
declare const ordersCodec: typeof codec;
declare const billingCodec: typeof codec;

// Keys and settings.
declare const primary: import('@waxseal/core').KeyEncryptionKey;
declare const second: typeof primary;
declare const oldKey: typeof primary;
declare const newKey: typeof primary;
declare const awsKey: typeof primary;
declare const vaultKey: typeof primary;
declare const euKey: typeof primary;
declare const usKey: typeof primary;
declare const retiredUsKey: typeof primary;
declare const keys: import('@waxseal/compat').TemporalProxyCodecOptions['keys'];
declare const writeUnder: import('@waxseal/compat').TemporalProxyCodecOptions['writeUnder'];
declare const uri: string;
declare const issuer: string;
declare const auth: import('@waxseal/codec-server').CodecServerOptions['auth'];
declare const authorize: import('@waxseal/codec-server').CodecServerOptions['authorize'];
declare const allowedOrigins: string[];
declare const certFile: string;
declare const keyFile: string;
declare const clientCaFile: string;
declare const MyHsmKey: import('@waxseal/core/provider').KeyUriProvider;
declare const OLD_KEY_FILE: string;
declare const RIGHTS: Record<import('@waxseal/conformance').KeyProviderRole, readonly string[]>;

// Imports that short blocks leave out.
declare const readFile: typeof import('node:fs/promises').readFile;
declare const writeFile: typeof import('node:fs/promises').writeFile;
declare const join: typeof import('node:path').join;
declare const Client: typeof import('@temporalio/client').Client;
declare const defineSearchAttributeKey: typeof import('@temporalio/common').defineSearchAttributeKey;
declare const SearchAttributeType: typeof import('@temporalio/common').SearchAttributeType;
declare const ExternalStorage: typeof import('@temporalio/common').ExternalStorage;
declare const Worker: typeof import('@temporalio/worker').Worker;
declare const bundleWorkflowCode: typeof import('@temporalio/worker').bundleWorkflowCode;
declare const condition: typeof import('@temporalio/workflow').condition;
declare const defineSignal: typeof import('@temporalio/workflow').defineSignal;
declare const makeContinueAsNewFunc: typeof import('@temporalio/workflow').makeContinueAsNewFunc;
declare const setHandler: typeof import('@temporalio/workflow').setHandler;
declare const workflowInfo: typeof import('@temporalio/workflow').workflowInfo;
declare const KMSClient: typeof import('@aws-sdk/client-kms').KMSClient;
declare const AwsKmsKey: typeof import('@waxseal/aws-kms').AwsKmsKey;
declare const StoreDriver: typeof import('@waxseal/claim-check').StoreDriver;
declare const TokenCodec: typeof import('@waxseal/claim-check').TokenCodec;
declare const DecodePolicies: typeof import('@waxseal/codec-server').DecodePolicies;
declare const createCodecServer: typeof import('@waxseal/codec-server').createCodecServer;
declare const jsonLinesAudit: typeof import('@waxseal/codec-server').jsonLinesAudit;
declare const listen: typeof import('@waxseal/codec-server').listen;
declare const FernetCodec: typeof import('@waxseal/compat').FernetCodec;
declare const SamplesCodec: typeof import('@waxseal/compat').SamplesCodec;
declare const TemporalProxyCodec: typeof import('@waxseal/compat').TemporalProxyCodec;
declare const ZlibCodec: typeof import('@waxseal/compression').ZlibCodec;
declare const defineConfig: typeof import('@waxseal/config').defineConfig;
declare const keyFromUri: typeof import('@waxseal/config').keyFromUri;
declare const loadConfig: typeof import('@waxseal/config').loadConfig;
declare const EnvelopeCodec: typeof import('@waxseal/core').EnvelopeCodec;
declare const Keyring: typeof import('@waxseal/core').Keyring;
declare const openTelemetry: typeof import('@waxseal/opentelemetry').openTelemetry;
declare const PostgresStore: typeof import('@waxseal/store').PostgresStore;
declare const EnvelopePlugin: typeof import('@waxseal/temporal').EnvelopePlugin;

// Not installed here: what the blocks use of them.
declare module '@aws-sdk/rds-signer' {
  export class Signer {
    constructor(options: { hostname: string; port: number; username: string });
    getAuthToken(): Promise<string>;
  }
}
declare module '@azure/functions' {
  interface HttpResponse {
    status: number;
    headers: [string, string][];
    body: string;
  }
  export const app: {
    http(
      name: string,
      options: {
        route: string;
        methods: string[];
        authLevel: 'anonymous' | 'function' | 'admin';
        handler(request: Request): Promise<HttpResponse>;
      },
    ): void;
  };
}
