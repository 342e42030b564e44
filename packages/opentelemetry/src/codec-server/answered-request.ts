/** A request that a Codec Server answered: what is used of `AnsweredRequest` of `@waxseal/codec-server`. */
export interface AnsweredRequest {
  readonly operation: string | null;
  readonly status: number;
  readonly code: string | null;
  readonly durationMs: number;
  readonly payloadCount: number;
  readonly unreadableCount: number;
}
