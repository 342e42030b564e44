/** What a caller may say about one wrap or unwrap. */
export interface KeyRequestOptions {
  /** Ends the request early; the call then rejects with a `KeyServiceError` of reason `timeout` or `unavailable`. */
  readonly signal?: AbortSignal;
}
