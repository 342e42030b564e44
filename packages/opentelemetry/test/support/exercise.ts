import { KeyServiceError, type KeyRequestInfo, type Telemetry } from '@waxseal/core';

export const WRAP: KeyRequestInfo = { operation: 'wrap', keyId: 'key-a', provider: 'aws-kms' };

/** Tells everything that there is to tell, once. */
export async function exercise(telemetry: Required<Telemetry>): Promise<void> {
  await telemetry.keyRequest(WRAP, () => Promise.resolve('wrapped'));
  const unwrap: KeyRequestInfo = { ...WRAP, operation: 'unwrap' };
  await telemetry
    .keyRequest(unwrap, () => Promise.reject(new KeyServiceError('key-a', 'throttled')))
    .catch(() => undefined);
  telemetry.keyRequestSpared(unwrap, 'breaker');
  telemetry.dataKeyLookup(true);
  telemetry.staleDataKeyUsed('key-a:v1', 4_000_000);
  telemetry.breakerChanged('key-a', 'open');
  telemetry.failureRedacted('details');
  telemetry.observeDataKeys(() => [{ keyId: 'key-a:v1', ageMs: 4_000_000, messages: 7, bytes: 700 }]);
}
