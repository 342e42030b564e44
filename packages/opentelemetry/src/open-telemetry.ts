import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import { type Telemetry, ConfigurationError } from '@waxseal/core';
import { assertKnownOptions } from '@waxseal/core/provider';
import { ATTRIBUTE, quietly, requestAttributes } from './attributes';
import { measureKeyRequest, measureStoreRequest } from './measured-request';
import { CurrentInstruments } from './metrics';
import { ObservedState } from './observed-state';

/**
 * Metrics and spans of codecs by OpenTelemetry, for the `telemetry` option of an `EnvelopeCodec`. Make one
 * for a process, and share it among its codecs. `docs/operations/metrics.md` lists the metrics.
 *
 * No method throws or rejects for a reason of its own; what fails is told to OpenTelemetry's diagnostic
 * logger.
 *
 * @throws ConfigurationError when an option does not exist, or is not a provider of its kind
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): Required<Telemetry> {
  checkOpenTelemetryOptions(options);
  const observed = new ObservedState();
  const current = new CurrentInstruments(options.meterProvider, observed);

  return {
    keyRequest(request, ask) {
      observed.asked(request.keyId);
      quietly(() => current.get());
      return measureKeyRequest(current, options.tracerProvider, request, ask);
    },

    keyRequestSkipped(request, because) {
      const attributes = { ...requestAttributes(request), [ATTRIBUTE.skippedBy]: because };
      quietly(() => {
        current.get().skipped.add(1, attributes);
      });
    },

    storeRequest(request, ask) {
      observed.storeBreaker ??= 'closed';
      quietly(() => current.get());
      return measureStoreRequest(current, options.tracerProvider, request, ask);
    },

    storeBreakerChanged(state) {
      observed.storeBreaker = state;
      quietly(() => current.get());
    },

    payloadsProcessed(operation, form, count) {
      const attributes = { [ATTRIBUTE.codecOperation]: operation, [ATTRIBUTE.payloadForm]: form };
      quietly(() => {
        current.get().payloads.add(count, attributes);
      });
    },

    dataKeyLookup(isHit) {
      quietly(() => {
        current.get().lookups.add(1, { [ATTRIBUTE.lookupResult]: isHit ? 'hit' : 'miss' });
      });
    },

    staleDataKeyUsed(keyId) {
      quietly(() => {
        current.get().staleUses.add(1, { [ATTRIBUTE.keyId]: keyId });
      });
    },

    dataKeyTaken(from) {
      quietly(() => {
        current.get().taken.add(1, { [ATTRIBUTE.dataKeySource]: from });
      });
    },

    breakerChanged(keyId, state) {
      observed.breakerChanged(keyId, state);
      quietly(() => current.get());
    },

    failureRedacted(part) {
      quietly(() => {
        current.get().redacted.add(1, { [ATTRIBUTE.failurePart]: part });
      });
    },

    observeDataKeys(states) {
      quietly(() => current.get());
      return observed.add(states);
    },

    observeKeys(keys) {
      quietly(() => current.get());
      return observed.addKeys(keys);
    },
  };
}

/** Options of {@link openTelemetry}. */
export interface OpenTelemetryOptions {
  /**
   * Where the metrics go.
   *
   * @default the global one of `@opentelemetry/api`, also where it is registered later
   */
  readonly meterProvider?: MeterProvider | undefined;

  /**
   * Where the spans go.
   *
   * @default the global one of `@opentelemetry/api`, also where it is registered later
   */
  readonly tracerProvider?: TracerProvider | undefined;
}

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
