import { AwsKmsDouble } from './aws-kms-double';
import type { AwsKmsDoubleOptions } from './aws-kms-double-options';

/**
 * Starts a double of AWS KMS on a free port of the loopback interface: a strict HTTP server that speaks AWS JSON 1.1, with
 * real AES-GCM and all keys in memory. Close it when the tests end.
 *
 * @example
 * const kms = await startAwsKmsDouble();
 * const key = kms.createKey();
 * const client = new KMSClient({ endpoint: kms.endpoint, region: key.region, credentials, maxAttempts: 1 });
 */
export async function startAwsKmsDouble(options: AwsKmsDoubleOptions = {}): Promise<AwsKmsDouble> {
  const double = new AwsKmsDouble(options);
  await double.listen();
  return double;
}
