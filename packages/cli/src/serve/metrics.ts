import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import type { ServerTelemetry } from '@waxseal/codec-server';
import type { Telemetry } from '@waxseal/core';
import { openTelemetry, openTelemetryCodecServer } from '@waxseal/opentelemetry';

/** Metrics of one process. */
export interface CollectedMetrics {
  readonly codec: Telemetry;
  readonly server: ServerTelemetry;
  /** All metrics now, in the text format of Prometheus. */
  text(): Promise<string>;
  close(): Promise<void>;
}

/** Collects metrics of a codec and a Codec Server, and listens nowhere. */
export function collectMetrics(): CollectedMetrics {
  const exporter = new PrometheusExporter({ preventServerStart: true, appendTimestamp: false });
  const meterProvider = new MeterProvider({ readers: [exporter] });
  const serializer = new PrometheusSerializer(undefined, false);
  return {
    codec: openTelemetry({ meterProvider }),
    server: openTelemetryCodecServer({ meterProvider }),
    text: async () => serializer.serialize((await exporter.collect()).resourceMetrics),
    close: () => meterProvider.shutdown(),
  };
}
