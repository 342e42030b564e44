/** Names of the attributes of metrics and spans. Their values are bounded: none comes from a payload or a workflow. */
export const ATTRIBUTE = {
  /** `wrap` or `unwrap`. */
  operation: 'waxseal.operation',
  /** Short name of the kind of service. */
  provider: 'waxseal.provider',
  /** ID of a key-encryption key. */
  keyId: 'waxseal.key.id',
  /** `ok`, a reason of a `KeyServiceError`, or `other`. */
  outcome: 'waxseal.outcome',
  /** `breaker` or `negative-cache`. */
  sparedBy: 'waxseal.spared_by',
  /** `hit` or `miss`. */
  lookupResult: 'waxseal.lookup.result',
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
