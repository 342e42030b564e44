import type { AnsweredRequest } from './answered-request';

/**
 * What a Codec Server tells of itself, for metrics. Every method is optional and must be quick; what one throws, or a
 * promise of it rejects with, is ignored.
 * `openTelemetryCodecServer` of `@waxseal/opentelemetry` implements it.
 */
export interface ServerTelemetry {
  /** A POST has begun. */
  requestBegan?(): void;

  /** A POST that had begun is answered, whatever the answer. */
  requestAnswered?(request: AnsweredRequest): void;
}
