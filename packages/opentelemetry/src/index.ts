export { openTelemetry } from './open-telemetry';
export type { OpenTelemetryOptions } from './open-telemetry-options';
