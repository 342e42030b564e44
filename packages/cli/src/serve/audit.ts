import { AuditChain, type AuditHead, jsonLinesAudit } from '@waxseal/codec-server';
import { importOptional, type ServerConfig } from '@waxseal/config';
import { ConfigurationError } from '@waxseal/core';
import { type AuditLog, openAuditFile } from '../audit/audit-file';
import { readAuditKey } from '../audit/audit-key';
import { formatHead } from '../audit/file-end';
import type { ServerLog } from './log';

const OTLP_PACKAGES = [
  '@waxseal/opentelemetry',
  '@opentelemetry/api',
  '@opentelemetry/core',
  '@opentelemetry/sdk-logs',
  '@opentelemetry/exporter-logs-otlp-http',
];

/**
 * Opens the audit log that the operator names: `stdout`, `otlp` for an OpenTelemetry collector, or a file to
 * append to. The log of the server is told now and then which line was written last.
 *
 * @throws ConfigurationError when the file cannot be opened, the key cannot be used, or packages for `otlp`
 *   are missing
 */
export async function openAudit(
  { audit: target, auditKeyFile }: ServerConfig,
  log: ServerLog,
): Promise<AuditLog | undefined> {
  if (auditKeyFile !== undefined && (target === undefined || target === 'otlp')) {
    throw new ConfigurationError(
      `auditKeyFile (--audit-key-file) is for lines: it needs an audit log that is a file or "stdout", and there is ${target === undefined ? 'none' : '"otlp"'}.`,
    );
  }
  const key = auditKeyFile === undefined ? undefined : readAuditKey(auditKeyFile);
  switch (target) {
    case undefined:
      return undefined;
    case 'stdout': {
      const chain = new AuditChain(key === undefined ? {} : { key });
      const sink = jsonLinesAudit(process.stdout, { chain });
      return withHeads({ sink, head: () => chain.head, close: () => Promise.resolve() }, log);
    }
    case 'otlp': {
      const { openOtlpAudit } = await importOptional(
        'The audit log at an OpenTelemetry collector',
        OTLP_PACKAGES,
        () => import('./otlp-audit.js'),
      );
      return openOtlpAudit();
    }
    default: {
      const onHead = (head: AuditHead): void => {
        log.auditHead(formatHead(head));
      };
      return withHeads(await openAuditFile(target, { key, warn: log.warn, onHead }), log);
    }
  }
}

const HEAD_MS = 5 * 60_000;

/** Tells the log which line was written last, every five minutes where there was one, and at the end. */
function withHeads(audit: AuditLog, log: ServerLog): AuditLog {
  let told: string | undefined;
  const tell = (): void => {
    const last = audit.head?.();
    const text = last === undefined ? undefined : formatHead(last);
    if (text !== undefined && text !== told) log.auditHead(text);
    told = text;
  };
  const timer = setInterval(tell, HEAD_MS).unref();
  return {
    sink: audit.sink,
    close: async () => {
      clearInterval(timer);
      await audit.close();
      tell();
    },
  };
}
