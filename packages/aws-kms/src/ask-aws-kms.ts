import { requestKeyService, type KeyId, type KeyRequestLimits, type KeyRequestOptions } from '@waxseal/core';

import { reasonOfAwsError } from './aws-errors';
import { withoutSecrets } from './without-secrets';

/**
 * Asks AWS KMS within the key's deadlines.
 *
 * @param keyId the key that is asked, for errors
 * @param ask sends one request
 * @throws KeyServiceError with the SDK's error as its `cause`, safe to log
 */
export function askAwsKms<T>(
  limits: KeyRequestLimits,
  keyId: KeyId,
  options: KeyRequestOptions | undefined,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return requestKeyService({
    keyId,
    limits,
    options,
    attempt: async (signal) => {
      try {
        return await ask(signal);
      } catch (error) {
        throw withoutSecrets(error);
      }
    },
    reasonOf: reasonOfAwsError,
  });
}
