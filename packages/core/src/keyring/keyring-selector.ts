import type { Keyring } from './keyring';

/** What a keyring is chosen by: the place that a payload is written for, or was. */
export interface KeyringContext {
  /** Temporal namespace; `undefined` where nobody tells it (Nexus, schedule memos, completion by task token). */
  readonly namespace: string | undefined;
  /** Temporal workflow ID; `undefined` where nobody tells it, and always for a Codec Server. */
  readonly workflowId: string | undefined;
}

/**
 * Chooses the keyring of a namespace or a tenant. It is called for each payload: it must be quick, must give the *same*
 * `Keyring` object for the same tenant each time (data keys belong to it), and must not be asynchronous. Throw where there
 * is no keyring.
 */
export type KeyringSelector = (context: KeyringContext) => Keyring;
