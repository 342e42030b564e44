export { openTelemetryAudit } from './audit/open-telemetry-audit';
export type { AuditLogger, OpenTelemetryAuditOptions } from './audit/open-telemetry-audit';
export type { AnsweredRequest } from './codec-server/answered-request';
export type { CodecServerTelemetry } from './codec-server/codec-server-telemetry';
export { openTelemetryCodecServer } from './codec-server/open-telemetry-codec-server';
export { openTelemetry } from './open-telemetry';
export type { OpenTelemetryOptions } from './open-telemetry-options';
