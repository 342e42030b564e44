import type { KeyRequestLimits } from './key-request-policy';

/** What a caller may say about one wrap or unwrap. */
export interface KeyRequestOptions {
  /** Ends the request early; the call then rejects with a `KeyServiceError` of reason `timeout` or `unavailable`. */
  readonly signal?: AbortSignal;
  /** Takes the place of the provider's own limits, member by member. To be handed to `requestKeyService`. */
  readonly limits?: Partial<KeyRequestLimits>;
}
