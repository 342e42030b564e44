export {
  WaxsealError,
  type WaxsealErrorCode,
  type WaxsealErrorOptions,
  ConfigurationError,
  MalformedEnvelopeError,
  UnknownKeyError,
  DecryptionError,
  ContextMismatchError,
  UnencryptedPayloadError,
  CodecClosedError,
  isWaxsealError,
  type ContextMismatch,
} from './base/errors';
export { KeyServiceError, type KeyServiceErrorReason } from './base/key-service-error';
export { assertKnownOptions, type Duration } from './base/options';
export { escapeUnprintable } from './base/text';
export {
  assertKeyId,
  isKeyId,
  MAX_KEY_ID_BYTES,
  type KeyId,
  MAX_WRAPPED_KEY_BYTES,
  type WrappedKey,
  type KeyDescription,
  type KeyPermission,
  type KeyPermissions,
  type KeyEncryptionKey,
  type KeyRequestOptions,
  type KeyRequestLimits,
} from './key/key-encryption-key';
export {
  keyRequestLimits,
  type KeyRequestPolicy,
  NETWORK_ERROR_REASONS,
  requestKeyService,
  type KeyServiceRequest,
} from './key/key-request';
export { Keyring, type KeyringEntry } from './keyring/keyring';
export { WRAP_AAD } from './keyring/guarded-key';
export type { KeyGuardOptions, KeyringOptions } from './keyring/keyring-options';
export type { KeyringContext, KeyringSelector, EnvelopeCodecOptions } from './codec/codec-options';
export type { DataKeyOptions } from './data-keys/data-key-options';
export type { Binding, EncryptionContext } from './envelope/encryption-context';
export { type Envelope, DATA_KEY_BYTES, ENVELOPE_ENCODING, KEY_ID_METADATA } from './envelope/envelope';
export { parseEnvelope } from './envelope/parse-envelope';
export type { Telemetry, BreakerState, DataKeyState, KeyRequestInfo } from './key/telemetry';
export { primaryKeyIdOf, type PrimaryKeyId } from './codec/payload-bytes';
export type { DecodeRequest } from './codec/decoder';
export { EnvelopeCodec, isEnvelopeCodec } from './codec/envelope-codec';
export { readableRedaction } from './codec/failure-payload';
export { encodeOrRedact } from './codec/encoder';
export { ReplayCodec, TolerantCodec, UNREADABLE_METADATA, unreadablePayload } from './codec/derived-codecs';
export { assertTrustedFile } from './base/trusted-file';
export { isPauseDue, pause } from './base/pacing';
export { endOnAbort, onAbort, startDeadline, withDeadline, type Deadline } from './base/deadline';
