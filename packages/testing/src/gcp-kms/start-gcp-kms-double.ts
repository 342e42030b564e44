import { GcpKmsDouble } from './gcp-kms-double';
import type { GcpKmsDoubleOptions } from './gcp-kms-double-options';

/**
 * Starts a double of Google Cloud KMS on a free port of the loopback interface: a strict gRPC server made from the service's
 * public API definition, with real AES-GCM and all keys in memory. Needs `@google-cloud/kms`. Close it when the tests end.
 *
 * @example
 * const kms = await startGcpKmsDouble();
 * const key = kms.createKey();
 * const client = new KeyManagementServiceClient(await kms.clientOptions());
 * @throws Error when `@google-cloud/kms` is not installed
 */
export async function startGcpKmsDouble(options: GcpKmsDoubleOptions = {}): Promise<GcpKmsDouble> {
  return GcpKmsDouble.start(options);
}
