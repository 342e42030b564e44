import { metrics, type Counter, type Histogram, type Meter, type UpDownCounter } from '@opentelemetry/api';
import { ATTRIBUTE, quietly, SCOPE } from './attributes';
import { METRIC } from './metrics';
import { checkOpenTelemetryOptions, type OpenTelemetryOptions } from './open-telemetry';

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

/** The instruments of a Codec Server in one meter. */
class CodecServerInstruments {
  readonly requests: Counter;
  readonly duration: Histogram;
  readonly active: UpDownCounter;
  readonly payloads: Counter;
  readonly unreadable: Counter;

  constructor(meter: Meter) {
    const { serverRequests, serverDuration, serverActive, serverPayloads, serverUnreadable } = METRIC;
    this.requests = meter.createCounter(serverRequests.name, serverRequests);
    this.duration = meter.createHistogram(serverDuration.name, serverDuration);
    this.active = meter.createUpDownCounter(serverActive.name, serverActive);
    this.payloads = meter.createCounter(serverPayloads.name, serverPayloads);
    this.unreadable = meter.createCounter(serverUnreadable.name, serverUnreadable);
  }
}

/** The `telemetry` option of `createCodecServer`. */
export interface CodecServerTelemetry {
  requestBegan(): void;
  requestAnswered(request: AnsweredRequest): void;
}

/** A request that a Codec Server answered: what is used of `AnsweredRequest` of `@waxseal/codec-server`. */
export interface AnsweredRequest {
  readonly operation: string | null;
  readonly status: number;
  readonly code: string | null;
  readonly durationMs: number;
  readonly payloadCount: number;
  readonly unreadableCount: number;
}
