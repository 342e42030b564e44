/**
 * What a harness can do to the service, or what the service itself can do, beyond wrapping and unwrapping.
 *
 * | capability | given by |
 * | --- | --- |
 * | `disableKey`, `enableKey`, `deleteKey`, `rotate`, `deny`, `throttle`, `disconnect`, `delay`, `cut` | the hook of the harness of that name |
 * | `unknownKey`, `requests` | the hook of the harness of that name |
 * | `freshWraps` | the service: wraps the same data key into other bytes each time (AES-KW does not) |
 * | `versionedKeyIds` | the service: says which version of the key it used, and the provider records it |
 * | `versionedUnwraps` | the service: takes the version when it unwraps, or tells which one it used |
 * | `describe`, `checkPermissions` | the provider: has the optional method of that name |
 */
export type KeyProviderCapability =
  | 'disableKey'
  | 'enableKey'
  | 'deleteKey'
  | 'unknownKey'
  | 'deny'
  | 'throttle'
  | 'disconnect'
  | 'delay'
  | 'cut'
  | 'rotate'
  | 'requests'
  | 'freshWraps'
  | 'versionedKeyIds'
  | 'versionedUnwraps'
  | 'describe'
  | 'checkPermissions';
