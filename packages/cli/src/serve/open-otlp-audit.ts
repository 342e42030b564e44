import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { LoggerProvider } from '@opentelemetry/sdk-logs';
import { openTelemetryAudit } from '@waxseal/opentelemetry';

import { AwaitedLogProcessor } from './awaited-log-processor';
import type { AuditLog } from './audit-log';

// Below the second that the Codec Server gives an audit sink, so that the exporter's own error is logged.
const TIMEOUT_MS = 900;

// As many requests as there can be connections. The exporter's own limit is 30; it fails what goes beyond.
const CONCURRENCY = 10_000;

/**
 * An audit log that goes to an OpenTelemetry collector by OTLP over HTTP, each record when it is made. Endpoint and headers come
 * from `OTEL_EXPORTER_OTLP_LOGS_ENDPOINT`, `OTEL_EXPORTER_OTLP_ENDPOINT` and their like, as OpenTelemetry specifies them.
 */
export function openOtlpAudit(): AuditLog {
  const processor = new AwaitedLogProcessor(
    new OTLPLogExporter({ timeoutMillis: TIMEOUT_MS, concurrencyLimit: CONCURRENCY }),
  );
  const provider = new LoggerProvider({ processors: [processor] });
  return {
    sink: openTelemetryAudit({
      logger: provider.getLogger('@waxseal/codec-server'),
      flush: () => processor.exported(),
    }),
    close: () => provider.shutdown(),
  };
}
