import type { Endpoint } from './routing';

/**
 * What a Codec Server tells of itself, for metrics. Every method is optional and must be quick; what one
 * throws, or a promise of it rejects with, is ignored. `openTelemetryCodecServer` of `@waxseal/opentelemetry`
 * implements it.
 */
export interface ServerTelemetry {
  /** A POST has begun. */
  requestBegan?(): void;

  /** A POST that had begun is answered, whatever the answer. */
  requestAnswered?(request: AnsweredRequest): void;
}

/** A POST that was answered, for an observer. Nothing in it comes from a payload. */
export interface AnsweredRequest {
  /** What was asked for; null when the request was refused before that was known. */
  readonly operation: Endpoint | null;
  /** HTTP status of the answer. */
  readonly status: number;
  /** Code of the error in the answer; null when there is none. One of a fixed set. */
  readonly code: string | null;
  /** From the request's headers to the answer. */
  readonly durationMs: number;
  /** Payloads in the request; 0 when its body was not read. */
  readonly payloadCount: number;
  /** How many of them could not be decoded, where the others were answered all the same. */
  readonly unreadableCount: number;
}

/** A request that was answered with an error, or without some of its payloads. */
export interface FailedRequest {
  /** The value of `X-Request-Id` in the answer. */
  readonly requestId: string;
  /** HTTP status of the answer; 200 where `onPayloadError` let the other payloads be answered. */
  readonly status: number;
  /** Code in the answer's body, such as `WAXSEAL_UNKNOWN_KEY` or `BODY_TOO_LARGE`. */
  readonly code: string;
  /** What the client is told, or for a payload that was left out what it would be told. Holds no secret. */
  readonly message: string;
}

/**
 * Receives the error behind an answer. Waxseal's own errors hold no secrets, so their message may be logged;
 * errors of other codecs may hold anything. What the listener throws, or a promise of it rejects with, is
 * ignored.
 */
export type ErrorListener = (error: unknown, request: FailedRequest) => void;
