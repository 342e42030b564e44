/** A request that was answered with an error, or without some of its payloads. */
export interface FailedRequest {
  /** The value of `X-Request-Id` in the answer. */
  readonly requestId: string;
  /** HTTP status of the answer; 200 where `onPayloadError` let the other payloads be answered. */
  readonly status: number;
  /** Code in the answer's body, such as `WAXSEAL_UNKNOWN_KEY` or `BODY_TOO_LARGE`. */
  readonly code: string;
}

/**
 * Receives the error behind an answer. Waxseal's own errors hold no secrets, so their message may be logged; errors of other
 * codecs may hold anything. What the listener throws, or a promise of it
 * rejects with, is ignored.
 */
export type ErrorListener = (error: unknown, request: FailedRequest) => void;
