import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { type AuditSink, jsonLinesAudit, type AuditRecord } from '@waxseal/codec-server';
import { importOptional } from '@waxseal/config';
import { ConfigurationError } from '@waxseal/core';

/** An audit log that is open. */
interface AuditLog {
  readonly sink: AuditSink;
  /** Writes out what is left. */
  close(): Promise<void>;
}

const OTLP_PACKAGES = [
  '@waxseal/opentelemetry',
  '@opentelemetry/api',
  '@opentelemetry/core',
  '@opentelemetry/sdk-logs',
  '@opentelemetry/exporter-logs-otlp-http',
];

/**
 * Opens the audit log that the operator names.
 *
 * @param target `stdout`, `otlp` for an OpenTelemetry collector, or a file to append to
 * @throws ConfigurationError when the file cannot be opened, or packages for `otlp` are missing
 */
export async function openAudit(target: string | undefined): Promise<AuditLog | undefined> {
  switch (target) {
    case undefined:
      return undefined;
    case 'stdout':
      return { sink: jsonLinesAudit(process.stdout), close: () => Promise.resolve() };
    case 'otlp': {
      const { openOtlpAudit } = await importOptional(
        'The audit log at an OpenTelemetry collector',
        OTLP_PACKAGES,
        () => import('./otlp-audit.js'),
      );
      return openOtlpAudit();
    }
    default:
      return openAuditFile(target);
  }
}

/** After a file could not be written or opened, it is not opened again before this. */
const RETRY_MS = 1_000;

/**
 * Opens a file to append lines of JSON to, which only its owner can read when it is made. A file that cannot
 * be written any more, as on a full disk, is opened again with a later record; until that works, records are
 * refused, and so are the requests that they are about.
 *
 * @throws ConfigurationError when it cannot be opened now
 */
export async function openAuditFile(path: string): Promise<AuditLog> {
  const file = new AuditFile(path);
  try {
    await file.open();
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new ConfigurationError(`The audit file ${JSON.stringify(path)} cannot be opened: ${code}.`, {
      cause,
    });
  }
  return { sink: (record) => file.write(record), close: () => file.close() };
}

class AuditFile {
  readonly #path: string;
  #opened: { readonly stream: WriteStream; readonly sink: AuditSink } | undefined;
  #opening: Promise<void> | undefined;
  #openAfterMs = -Infinity;

  constructor(path: string) {
    this.#path = path;
  }

  async open(): Promise<void> {
    const stream = createWriteStream(this.#path, { flags: 'a', mode: 0o600 });
    await once(stream, 'open');
    this.#opened = { stream, sink: jsonLinesAudit(stream) };
  }

  async write(record: AuditRecord): Promise<void> {
    if (this.#opened === undefined) await this.#openAgain();
    const opened = this.#opened;
    if (opened === undefined) throw new Error('The audit file is closed.');
    try {
      await opened.sink(record);
    } catch (error) {
      if (this.#opened === opened) this.#opened = undefined;
      opened.stream.destroy();
      this.#openAfterMs = performance.now() + RETRY_MS;
      throw error;
    }
  }

  async close(): Promise<void> {
    const stream = this.#opened?.stream;
    stream?.end();
    if (stream !== undefined) await finished(stream);
  }

  #openAgain(): Promise<void> {
    if (performance.now() < this.#openAfterMs) {
      throw new Error('The audit file could not be written a moment ago.');
    }
    this.#opening ??= this.open()
      .then(() => {
        // What was written last may have been cut off within its line.
        this.#opened?.stream.write('\n');
      })
      .catch((error: unknown) => {
        this.#openAfterMs = performance.now() + RETRY_MS;
        throw error;
      })
      .finally(() => {
        this.#opening = undefined;
      });
    return this.#opening;
  }
}
