export { openTelemetryAudit, type AuditLogger, type OpenTelemetryAuditOptions } from './audit';
export { type AnsweredRequest, type CodecServerTelemetry, openTelemetryCodecServer } from './codec-server';
export { openTelemetry, type OpenTelemetryOptions } from './open-telemetry';
