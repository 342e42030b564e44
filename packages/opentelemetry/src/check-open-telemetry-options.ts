import { assertKnownOptions, ConfigurationError } from '@waxseal/core';

import type { OpenTelemetryOptions } from './open-telemetry-options';

const FACTORY = { meterProvider: 'getMeter', tracerProvider: 'getTracer' } as const;
const KNOWN = new Set(Object.keys(FACTORY));

/** @throws ConfigurationError when an option does not exist, or is not a provider of its kind */
export function checkOpenTelemetryOptions(options: OpenTelemetryOptions): void {
  // Callers from JavaScript can hand over anything.
  const given: unknown = options;
  if (typeof given !== 'object' || given === null) {
    throw new ConfigurationError('openTelemetry: the options must be an object, or be left out.');
  }
  assertKnownOptions(given, KNOWN, (name) => `openTelemetry: ${name}`);
  for (const [name, method] of Object.entries(FACTORY)) {
    const provider = (given as Record<string, Record<string, unknown> | null | undefined>)[name];
    if (provider !== undefined && typeof provider?.[method] !== 'function') {
      throw new ConfigurationError(
        `openTelemetry: ${name} must be an OpenTelemetry provider, with ${method}(). Leave it out for the global one.`,
      );
    }
  }
}
