// `@waxseal/core/internal`: what the packages of Waxseal share with each other. It may change in any release.
export {
  assertCodecChain,
  CODEC_STAGE,
  encryptsPayloads,
  noteConfigured,
  stageOf,
  type CodecStage,
  type StagedCodec,
} from './codec/codec-order';
export { decodeRequestOf } from './codec/codec-options';
export { originOf } from './codec/decoder';
export {
  ReplayCodec,
  TolerantCodec,
  UNREADABLE_METADATA,
  unreadablePayload,
  type RequestedCodec,
} from './codec/derived-codecs';
export { envelopeCodecOf, isEnvelopeCodec, isSealingCodec, SEALS_BY } from './codec/envelope-codec';
export { encodeOrRedact, readableRedaction, redactedPartOf } from './codec/failure-payload';
export {
  bytesOf,
  isEnvelopePayload,
  markAs,
  MAX_SUBJECT_BYTES,
  primaryKeyIdOf,
  SUBJECT_METADATA,
} from './codec/payload-bytes';
export { parsePayload, serializePayload } from './codec/payload-message';
export { dataKeyLimits } from './data-keys/data-key-options';
export { DataKeysByKeyring } from './data-keys/data-keys';
export type { Candidate, DecodingKeys } from './data-keys/decoding-keys';
export { windowOf, type UnwrapWindows } from './data-keys/unwrap-window';
export { WRAP_AAD, type GuardedKey } from './keyring/guarded-key';
export { CircuitBreaker, type CircuitBreakerLimits } from './keyring/request-guards';
export { RequestQueue, type RequestOrigin, type Turn } from './keyring/request-queue';
export type { KeyringEntry } from './keyring/keyring';
export { ENVELOPE_ENCODING, KEY_ID_METADATA, parseEnvelope } from './envelope/envelope';
export { isKeyId } from './key/key-encryption-key';
export { notify, observeRequest } from './key/telemetry';
export { resolveKeyUri } from './key/key-uri';
export { asBuffer, byteLength } from './base/bytes';
export { isPauseDue, pause, STEADY_CLOCK, type Clock } from './base/clock';
export { endOnAbort, onAbort, Deadline, withDeadline, withEarlyEnd } from './base/deadline';
export {
  CodecClosedError,
  ContextMismatchError,
  DecryptionError,
  escapeUnprintable,
  MalformedEnvelopeError,
  NEVER_RETRY,
  quote,
  copyOf,
  rethrowCopy,
  RETRY_AFTER_FIX,
  type TemporalTraits,
  UnencryptedPayloadError,
  WaxsealError,
  type WaxsealErrorOptions,
  helpFor,
  warn,
} from './base/errors';
export { assertKnownOptions, assertTrustedFile, countOf, durationMs, parseJson } from './base/configuration';
