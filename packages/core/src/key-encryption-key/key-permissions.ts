import type { KeyServiceError } from '../errors/key-service-error';

/** Whether the caller may do one thing with a key. `undefined` where the service cannot be asked without doing it. */
export type KeyPermission =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly error: KeyServiceError }
  | { readonly allowed: undefined; readonly because: string };

/** Who the caller is to the key service, and what it may do with a key. */
export interface KeyPermissions {
  /** The service's name of the caller: a role ARN, a service account, an object ID. `undefined` where it does not tell. */
  readonly caller: string | undefined;
  readonly wrap: KeyPermission;
  readonly unwrap: KeyPermission;
}
