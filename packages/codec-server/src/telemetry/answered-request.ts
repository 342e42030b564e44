import type { Endpoint } from '../routing/operation';

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
