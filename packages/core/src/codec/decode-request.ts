/**
 * Who wants payloads to be decoded, and for how long. Temporal's SDK gives a codec no such thing; a Codec Server does, as the
 * third argument of `decode`. Codecs that do not know it ignore it.
 *
 * Calls that share one object share what a request may cost: payloads that cannot be unwrapped are counted together.
 */
export interface DecodeRequest {
  /** Is aborted when nobody waits for the answer any more: what has not been asked of a key service by then is not asked. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Name of whoever asks. Callers have equal shares of a key service: what one of them asks does not hold up another. Without
   * it, the namespace and the workflow that Temporal names take its place.
   */
  readonly caller?: string | undefined;
  /**
   * Is called before each request to a key service. Where it gives `false`, the service is not asked, and decoding rejects
   * with a `KeyServiceError` of reason `throttled`. It must be quick and must not throw.
   */
  readonly takeKeyRequest?: (() => boolean) | undefined;
}
