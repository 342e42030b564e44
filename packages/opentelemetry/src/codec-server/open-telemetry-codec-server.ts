import { metrics } from '@opentelemetry/api';

import { ATTRIBUTE } from '../attribute';
import { checkOpenTelemetryOptions } from '../check-open-telemetry-options';
import type { OpenTelemetryOptions } from '../open-telemetry-options';
import { quietly } from '../quietly';
import { SCOPE } from '../scope';
import { CodecServerInstruments } from './codec-server-instruments';
import type { CodecServerTelemetry } from './codec-server-telemetry';

/**
 * Metrics of a Codec Server by OpenTelemetry, for the `telemetry` option of `createCodecServer`.
 * `docs/operations/metrics.md` lists them. No method throws.
 *
 * @throws ConfigurationError when an option does not exist, or is no provider of metrics
 */
export function openTelemetryCodecServer(
  options: Pick<OpenTelemetryOptions, 'meterProvider'> = {},
): CodecServerTelemetry {
  checkOpenTelemetryOptions(options);
  const provided = () => options.meterProvider ?? metrics.getMeterProvider();
  let provider: ReturnType<typeof provided> | undefined;
  let instruments: CodecServerInstruments | undefined;
  const current = (): CodecServerInstruments => {
    if (instruments === undefined || provider !== provided()) {
      provider = provided();
      instruments = new CodecServerInstruments(provider.getMeter(SCOPE));
    }
    return instruments;
  };
  return {
    requestBegan() {
      quietly(() => {
        current().active.add(1);
      });
    },

    requestAnswered({ operation, status, code, durationMs, payloadCount, unreadableCount }) {
      quietly(() => {
        const endpoint = { [ATTRIBUTE.endpoint]: operation ?? 'none' };
        const { active, duration, payloads, requests, unreadable } = current();
        active.add(-1);
        requests.add(1, { ...endpoint, [ATTRIBUTE.status]: String(status), [ATTRIBUTE.code]: code ?? 'ok' });
        duration.record(durationMs / 1000, endpoint);
        payloads.add(payloadCount, endpoint);
        unreadable.add(unreadableCount, endpoint);
      });
    },
  };
}
