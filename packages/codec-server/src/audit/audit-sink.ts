import type { AuditRecord } from './audit-record';

/**
 * Keeps one record. The answer waits for it, at most a second: when the sink throws, rejects or takes longer, the answer is
 * 503 and holds no payload. A sink that must not stop the service has to catch its own errors.
 */
export type AuditSink = (record: AuditRecord) => void | Promise<void>;
