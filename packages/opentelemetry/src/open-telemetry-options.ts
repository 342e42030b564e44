import type { MeterProvider, TracerProvider } from '@opentelemetry/api';

/** Options of {@link openTelemetry}. */
export interface OpenTelemetryOptions {
  /**
   * Where the metrics go.
   *
   * @default the global one of `@opentelemetry/api`, also where it is registered later
   */
  readonly meterProvider?: MeterProvider | undefined;

  /**
   * Where the spans go.
   *
   * @default the global one of `@opentelemetry/api`, also where it is registered later
   */
  readonly tracerProvider?: TracerProvider | undefined;
}
