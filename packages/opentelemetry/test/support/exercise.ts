import { KeyServiceError, type KeyRequestInfo, type StoreRequestInfo, type Telemetry } from '@waxseal/core';

import type { CodecServerTelemetry } from '../../src';

export const WRAP: KeyRequestInfo = { operation: 'wrap', keyId: 'key-a', provider: 'aws-kms' };

/** A request to a store. */
export const PUT: StoreRequestInfo = { operation: 'tokens.put', store: 'postgres' };

/** Tells everything that there is to tell, once. */
export async function exercise(telemetry: Required<Telemetry>): Promise<void> {
  await telemetry.keyRequest(WRAP, () => Promise.resolve());
  const unwrap: KeyRequestInfo = { ...WRAP, operation: 'unwrap' };
  await telemetry
    .keyRequest(unwrap, () => Promise.reject(new KeyServiceError('key-a', 'throttled')))
    .catch(() => undefined);
  await telemetry.storeRequest(PUT, () => Promise.resolve());
  telemetry.storeBreakerChanged('open');
  telemetry.keyRequestSkipped(unwrap, 'breaker');
  telemetry.payloadsProcessed('decode', 'plaintext', 3);
  telemetry.dataKeyLookup(true);
  telemetry.staleDataKeyUsed('key-a:v1', 4_000_000);
  telemetry.breakerChanged('key-a', 'open');
  telemetry.failureRedacted('details');
  telemetry.observeDataKeys(() => [{ keyId: 'key-a:v1', ageMs: 4_000_000, messages: 7, bytes: 700 }]);
  telemetry.observeKeys(() => [{ keyId: 'key-a', role: 'primary' }]);
}

/** Tells of requests of a Codec Server: one answered in part, and one for each status of a failure. */
export function exerciseCodecServer(telemetry: CodecServerTelemetry): void {
  const decoded = {
    operation: 'decode',
    status: 200,
    code: null,
    durationMs: 12,
    payloadCount: 3,
    unreadableCount: 1,
  };
  telemetry.requestBegan();
  telemetry.requestAnswered(decoded);
  for (const status of [500, 502, 503, 504]) {
    telemetry.requestBegan();
    telemetry.requestAnswered({ ...decoded, operation: null, status, code: 'INTERNAL', payloadCount: 0 });
  }
  telemetry.requestBegan();
}
