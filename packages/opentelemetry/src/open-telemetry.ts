import type { Telemetry } from '@waxseal/core';

import { ATTRIBUTE } from './attribute';
import { checkOpenTelemetryOptions } from './check-open-telemetry-options';
import { measureKeyRequest } from './measure-key-request';
import { CurrentInstruments } from './metrics/current-instruments';
import { ObservedState } from './metrics/observed-state';
import type { OpenTelemetryOptions } from './open-telemetry-options';
import { quietly } from './quietly';
import { requestAttributes } from './request-attributes';

/**
 * Metrics and spans of codecs by OpenTelemetry, for the `telemetry` option of an `EnvelopeCodec`. Make one for a process, and
 * share it among its codecs. `docs/operations/metrics.md` lists the metrics.
 *
 * No method throws or rejects for a reason of its own; what fails is told to OpenTelemetry's diagnostic logger.
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

    keyRequestSpared(request, because) {
      const attributes = { ...requestAttributes(request), [ATTRIBUTE.sparedBy]: because };
      quietly(() => {
        current.get().spared.add(1, attributes);
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
  };
}
