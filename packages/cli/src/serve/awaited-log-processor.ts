import { ExportResultCode } from '@opentelemetry/core';
import type { LogRecordExporter, LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs';

/**
 * Exports each log record by itself, and lets whoever emitted it wait for that. The SDK's own processors report an export that
 * fails to a global handler, and resolve.
 */
export class AwaitedLogProcessor implements LogRecordProcessor {
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
    // Whoever emitted it learns of it from exported().
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
