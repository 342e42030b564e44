import type { AnsweredRequest } from './answered-request';

/** The `telemetry` option of `createCodecServer`. */
export interface CodecServerTelemetry {
  requestBegan(): void;
  requestAnswered(request: AnsweredRequest): void;
}
