import { diag } from '@opentelemetry/api';

/**
 * Does something for an observer. What it throws goes to OpenTelemetry's own log and never to the codec.
 *
 * @returns what `work` gives; `undefined` when it threw
 */
export function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    try {
      diag.error('@waxseal/opentelemetry: a measurement or a span was lost', error);
    } catch {
      // A logger that throws leaves nobody to tell.
    }
    return undefined;
  }
}
