import { ExportResultCode } from '@opentelemetry/core';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import {
  LoggerProvider,
  type LogRecordExporter,
  type LogRecordProcessor,
  type ReadableLogRecord,
} from '@opentelemetry/sdk-logs';
import type { AuditSink } from '@waxseal/codec-server';
import { openTelemetryAudit } from '@waxseal/opentelemetry';

// Below the second that the Codec Server gives an audit sink, so that the exporter's own error is logged.
const TIMEOUT_MS = 900;

// As many requests as there can be connections. The exporter's own limit is 30; it fails what goes beyond.
const CONCURRENCY = 10_000;

/**
 * An audit log that goes to an OpenTelemetry collector by OTLP over HTTP, each record when it is made.
 * Endpoint and headers come from `OTEL_EXPORTER_OTLP_LOGS_ENDPOINT`, `OTEL_EXPORTER_OTLP_ENDPOINT` and their
 * like, as OpenTelemetry specifies them.
 */
export function openOtlpAudit(): { readonly sink: AuditSink; close(): Promise<void> } {
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

/**
 * Exports each log record by itself, and lets the caller that emitted it wait for that. The SDK's own
 * processors report an export that fails to a global handler, and resolve.
 */
class AwaitedLogProcessor implements LogRecordProcessor {
  readonly #exporter: LogRecordExporter;
  #last: Promise<void> = Promise.resolve();

  constructor(exporter: LogRecordExporter) {
    this.#exporter = exporter;
  }

  onEmit(record: ReadableLogRecord): void {
    this.#last = new Promise((resolve, reject) => {
      this.#exporter.export([record], ({ code, error }) => {
        if (code === ExportResultCode.SUCCESS) resolve();
        else reject(error ?? new Error('The collector did not take the record.'));
      });
    });
    // The caller that emitted it learns of it from exported().
    this.#last.catch(() => undefined);
  }

  /**
   * The export of the record that was emitted last. To be called in the same turn as the emission.
   *
   * @throws what the exporter reports
   */
  exported(): Promise<void> {
    return this.#last;
  }

  async forceFlush(): Promise<void> {
    await this.#last.catch(() => undefined);
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }
}
