import { jsonLinesAudit } from '@waxseal/codec-server';

import type { AuditLog } from './audit-log';
import { openAuditFile } from './open-audit-file';
import { openOtlpAudit } from './open-otlp-audit';

/**
 * Opens the audit log that the operator names.
 *
 * @param target `stdout`, `otlp` for an OpenTelemetry collector, or a file to append to
 * @throws ConfigurationError when the file cannot be opened
 */
export async function openAudit(target: string | undefined): Promise<AuditLog | undefined> {
  switch (target) {
    case undefined:
      return undefined;
    case 'stdout':
      return { sink: jsonLinesAudit(process.stdout), close: () => Promise.resolve() };
    case 'otlp':
      return openOtlpAudit();
    default:
      return openAuditFile(target);
  }
}
