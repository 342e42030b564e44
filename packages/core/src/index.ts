// What an application imports. `provider.ts` has what a key provider needs besides.
export { EnvelopeCodec, type SealingCodec } from './codec/envelope-codec';
export type {
  DecodeRequest,
  EnvelopeCodecOptions,
  KeyringContext,
  KeyringSelector,
} from './codec/codec-options';
export type {
  DataKeyExchange,
  DataKeyGrant,
  DataKeyLimits,
  DataKeyMember,
  DataKeyOptions,
  DataKeySeat,
  DataKeyVault,
  HeldDataKey,
  WantedDataKey,
} from './data-keys/data-key-options';
export { Keyring } from './keyring/keyring';
export type { KeyringRequestOptions, KeyringOptions } from './keyring/keyring-options';
export type { Binding } from './envelope/encryption-context';
export type { KeyEncryptionKey, KeyId } from './key/key-encryption-key';
export type {
  BreakerState,
  DataKeyState,
  KeyringKey,
  KeyRequestInfo,
  StoreRequestInfo,
  Telemetry,
} from './key/telemetry';
export type { Duration } from './base/configuration';
export { ConfigurationError, isWaxsealError, UnknownKeyError } from './base/errors';
export type {
  CodecClosedError,
  ContextMismatch,
  ContextMismatchError,
  DecryptionError,
  MalformedEnvelopeError,
  UnencryptedPayloadError,
  WaxsealError,
  WaxsealErrorCode,
} from './base/errors';
export { KeyServiceError, type KeyServiceErrorReason } from './base/key-service-error';
