import { type Attributes, diag } from '@opentelemetry/api';
import type { KeyRequestInfo } from '@waxseal/core';

/**
 * Names of the attributes of metrics and spans. Their values are bounded: none comes from a payload or a
 * workflow.
 */
export const ATTRIBUTE = {
  /** `wrap` or `unwrap`; of a store, such as `tokens.get`. */
  operation: 'waxseal.operation',
  /** Short name of the kind of service. */
  provider: 'waxseal.provider',
  /** ID of a key-encryption key. */
  keyId: 'waxseal.key.id',
  /** `primary`, `additional` or `decryptOnly`. */
  keyRole: 'waxseal.key.role',
  /** Kind of store. */
  store: 'waxseal.store',
  /** `ok`, a reason of a `KeyServiceError` or of a `StoreError`, or `other`. */
  outcome: 'waxseal.outcome',
  /** `breaker` or `negative-cache`. */
  skippedBy: 'waxseal.skipped_by',
  /** `shared` or `own`. */
  dataKeySource: 'waxseal.data_key.source',
  /** `hit` or `miss`. */
  lookupResult: 'waxseal.lookup.result',
  /** `encode` or `decode`. */
  codecOperation: 'waxseal.codec.operation',
  /** `envelope` or `plaintext`. */
  payloadForm: 'waxseal.payload.form',
  /** `attributes` or `details`. */
  failurePart: 'waxseal.failure.part',
  /** `decode`, `encode`, `download`, `inspect`; `none` where a request was refused before that was known. */
  endpoint: 'waxseal.endpoint',
  /** HTTP status of an answer. */
  status: 'waxseal.status',
  /** Code of the error in an answer; `ok` where there is none. */
  code: 'waxseal.code',
  /** OpenTelemetry's own, on spans. */
  errorType: 'error.type',
} as const;

/** What a request is told by, in metrics and spans alike. */
export function requestAttributes({ operation, provider, keyId }: KeyRequestInfo): Attributes {
  return {
    [ATTRIBUTE.operation]: operation,
    [ATTRIBUTE.provider]: provider,
    [ATTRIBUTE.keyId]: keyId,
  };
}

/** Name of the instrumentation scope that all metrics and spans carry. */
export const SCOPE = '@waxseal/opentelemetry';

/**
 * Does something for an observer. What it throws goes to OpenTelemetry's own log and never to the codec.
 *
 * @returns what `work` gives; `undefined` when it threw
 */
export function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    try {
      diag.error('@waxseal/opentelemetry: a measurement or a span was lost', error);
    } catch {
      // Where the logger throws, there is no other.
    }
    return undefined;
  }
}
