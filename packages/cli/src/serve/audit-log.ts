import type { AuditSink } from '@waxseal/codec-server';

/** An audit log that is open. */
export interface AuditLog {
  readonly sink: AuditSink;
  /** Writes out what is left. */
  close(): Promise<void>;
}
