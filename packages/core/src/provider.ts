// `@waxseal/core/provider`: what the author of a key provider needs (CONTRIBUTING.md, "Adding a key
// provider").
export type {
  KeyDescribeOptions,
  KeyDescription,
  KeyEncryptionKey,
  KeyHistory,
  KeyId,
  KeyPermission,
  KeyPermissions,
  KeyRequestLimits,
  KeyRequestOptions,
  KeyVersionHistory,
  WrappedKey,
} from './key/key-encryption-key';
export {
  assertKeyId,
  assertUnwrappable,
  DATA_KEY_BYTES,
  isKeyId,
  MAX_KEY_ID_BYTES,
  MAX_WRAPPED_KEY_BYTES,
} from './key/key-encryption-key';
export {
  askFurther,
  explainWithoutText,
  firstWord,
  KeyServiceAnswerError,
  keyRequestLimits,
  NETWORK_ERROR_REASONS,
  requestKeyService,
  takeDataKey,
  type KeyServiceFailure,
  type KeyServiceRequest,
} from './key/key-request';
export {
  explainMissing,
  isLoopback,
  parseKeyUri,
  proxyFromEnvironment,
  type Environment,
  type EnvironmentProxy,
  type KeyUri,
  type KeyUriForm,
  type KeyUriProvider,
} from './key/key-uri';
export { ConfigurationError } from './base/errors';
export { KeyServiceError, type KeyServiceErrorReason } from './base/key-service-error';
export { assertKnownOptions, type Duration } from './base/configuration';
export { withDeadline } from './base/deadline';
