import { ConfigurationError } from '@waxseal/core';

/** What is used of a `Logger` of `@opentelemetry/api-logs`. */
export interface AuditLogger {
  emit(record: {
    readonly eventName: string;
    readonly timestamp: Date;
    readonly severityNumber: number;
    readonly severityText: string;
    readonly body: string;
    readonly attributes: Record<string, string | number | string[]>;
  }): void;
}

/** What {@link openTelemetryAudit} takes. */
export interface OpenTelemetryAuditOptions {
  /** Takes the records: `loggerProvider.getLogger('audit')`. */
  readonly logger: AuditLogger;

  /**
   * Waits until the record that the logger took last is sent, and rejects when that fails; called in the same
   * turn. With it nothing is answered that was not sent. Without it records are handed over, and may be lost.
   * The processors of OpenTelemetry's SDK for JavaScript do not reject: `forceFlush()` waits, and resolves
   * also where the collector took nothing.
   */
  readonly flush?: (() => Promise<void>) | undefined;
}

const EVENT = 'waxseal.codec_server.request';
// SeverityNumber.INFO and WARN of OpenTelemetry's data model for logs.
const INFO = { severityNumber: 9, severityText: 'INFO' };
const WARN = { severityNumber: 13, severityText: 'WARN' };

/**
 * An audit sink for the `audit` option of `createCodecServer` that emits each record as an event of
 * OpenTelemetry: the record's fields as attributes `waxseal.audit.…`, and the record as JSON in the body.
 *
 * @throws ConfigurationError unless there is a logger
 */
export function openTelemetryAudit({ logger, flush }: OpenTelemetryAuditOptions) {
  if (typeof (logger as Partial<AuditLogger> | undefined)?.emit !== 'function') {
    throw new ConfigurationError(
      'openTelemetryAudit: logger must be a Logger of OpenTelemetry, with emit().',
    );
  }
  if (flush !== undefined && typeof flush !== 'function') {
    throw new ConfigurationError('openTelemetryAudit: flush must be a function that sends what was taken.');
  }
  return async (record: { readonly time: string; readonly outcome: string }): Promise<void> => {
    const { time, ...fields } = record;
    logger.emit({
      eventName: EVENT,
      timestamp: new Date(time),
      ...(record.outcome === 'allowed' ? INFO : WARN),
      body: JSON.stringify(record),
      // For SDKs that do not know eventName yet.
      attributes: { 'event.name': EVENT, ...Object.fromEntries(Object.entries(fields).flatMap(toAttribute)) },
    });
    await flush?.();
  };
}

function toAttribute([name, value]: [string, unknown]): [string, string | number | string[]][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([inner, each]) => toAttribute([`${name}.${inner}`, each]));
  }
  const isPlain = typeof value === 'string' || typeof value === 'number' || Array.isArray(value);
  const snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return isPlain ? [[`waxseal.audit.${snake}`, value]] : [];
}
