/** Name of the instrumentation scope that all metrics and spans carry. */
export const SCOPE = '@waxseal/opentelemetry';
