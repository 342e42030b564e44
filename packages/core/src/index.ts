export { WaxsealError, type WaxsealErrorCode, type WaxsealErrorOptions } from './errors/waxseal-error';
export { ConfigurationError } from './errors/configuration-error';
export { MalformedEnvelopeError } from './errors/malformed-envelope-error';
export { UnknownKeyError } from './errors/unknown-key-error';
export { DecryptionError } from './errors/decryption-error';
export { ContextMismatchError } from './errors/context-mismatch-error';
export { UnencryptedPayloadError } from './errors/unencrypted-payload-error';
export { CodecClosedError } from './errors/codec-closed-error';
export { KeyServiceError, type KeyServiceErrorReason } from './errors/key-service-error';
export { assertKnownOptions } from './errors/assert-known-options';
export { isWaxsealError } from './errors/is-waxseal-error';
export { escapeUnprintable } from './errors/escape-unprintable';
export { assertKeyId, isKeyId, MAX_KEY_ID_BYTES, type KeyId } from './key-encryption-key/key-id';
export { MAX_WRAPPED_KEY_BYTES, type WrappedKey } from './key-encryption-key/wrapped-key';
export type { KeyRequestOptions } from './key-encryption-key/key-request-options';
export type { KeyDescription } from './key-encryption-key/key-description';
export type { KeyPermission, KeyPermissions } from './key-encryption-key/key-permissions';
export type { KeyEncryptionKey } from './key-encryption-key/key-encryption-key';
export { Keyring } from './keyring/keyring';
export { WRAP_AAD } from './keyring/wrap-aad';
export type { KeyringEntry } from './keyring/keyring-entry';
export type { KeyringOptions } from './keyring/keyring-options';
export type { KeyringContext, KeyringSelector } from './keyring/keyring-selector';
export type { Duration } from './durations/duration';
export type { DataKeyOptions } from './data-keys/data-key-options';
export type { Binding } from './encryption-context/binding';
export type { ContextMismatch } from './errors/context-mismatch';
export type { EncryptionContext } from './encryption-context/encryption-context';
export type { Envelope } from './envelope/envelope';
export { ENVELOPE_ENCODING, KEY_ID_METADATA } from './envelope/format';
export { parseEnvelope } from './envelope/parse-envelope';
export { primaryKeyIdOf, type PrimaryKeyId } from './codec/outer-payload';
export { EnvelopeCodec } from './codec/envelope-codec';
export type { EnvelopeCodecOptions } from './codec/envelope-codec-options';
export { isEnvelopeCodec } from './codec/is-envelope-codec';
export { encodeOrRedact } from './codec/encode-or-redact';
export { ReplayCodec } from './codec/replay-codec';
export {
  keyRequestLimits,
  type KeyRequestLimits,
  type KeyRequestPolicy,
} from './key-encryption-key/key-request-policy';
export { requestKeyService, type KeyServiceRequest } from './key-encryption-key/request-key-service';
