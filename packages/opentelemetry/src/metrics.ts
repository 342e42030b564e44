import {
  type Attributes,
  type MetricOptions,
  type BatchObservableResult,
  type Counter,
  type Histogram,
  type Meter,
  type ObservableGauge,
  metrics,
  type MeterProvider,
} from '@opentelemetry/api';
import type { BreakerState, KeyId } from '@waxseal/core';
import { ATTRIBUTE, SCOPE } from './attributes';
import type { ObservedState } from './observed-state';

type Metric = MetricOptions & { readonly name: string };

/** Up to 6 s, the longest time that a request may take by default, and past it. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 6, 10];

/** All metrics. `docs/operations/metrics.md` describes them. */
export const METRIC = {
  requests: {
    name: 'waxseal.key.requests',
    unit: '{request}',
    description: 'Wraps and unwraps that a key service was asked for',
  },
  requestDuration: {
    name: 'waxseal.key.request.duration',
    unit: 's',
    description: 'Time that a wrap or an unwrap took, its retries included',
    advice: { explicitBucketBoundaries: SECONDS },
  },
  skipped: {
    name: 'waxseal.key.skipped_requests',
    unit: '{request}',
    description: 'Wraps and unwraps that were refused without asking the key service',
  },
  breaker: {
    name: 'waxseal.key.breaker.state',
    unit: '{state}',
    description: 'Circuit breaker of a key: 0 closed, 1 half-open, 2 open',
  },
  keyringKeys: {
    name: 'waxseal.keyring.keys',
    unit: '{keyring}',
    description: 'Keyrings of this process that have the key in that role; 0: none any more',
  },
  payloads: {
    name: 'waxseal.codec.payloads',
    unit: '{payload}',
    description: 'Payloads that were encoded and decoded, by whether they were envelopes or plaintext',
  },
  lookups: {
    name: 'waxseal.data_key.lookups',
    unit: '{payload}',
    description: 'Payloads that were decoded, by whether their data key was in memory',
  },
  staleUses: {
    name: 'waxseal.data_key.stale_uses',
    unit: '{payload}',
    description: 'Payloads that were encrypted under a data key older than maxAge',
  },
  taken: {
    name: 'waxseal.data_key.taken',
    unit: '{part}',
    description: 'Parts taken of shared data keys, and data keys made in their place',
  },
  age: {
    name: 'waxseal.data_key.age',
    unit: 's',
    description: 'Age of the data key that encrypts',
  },
  messages: {
    name: 'waxseal.data_key.messages',
    unit: '{payload}',
    description: 'Payloads that were encrypted under the data key that encrypts',
  },
  bytes: {
    name: 'waxseal.data_key.bytes',
    unit: 'By',
    description: 'Plaintext that was encrypted under the data key that encrypts',
  },
  redacted: {
    name: 'waxseal.failures.redacted',
    unit: '{part}',
    description: 'Parts of failures that could not be encrypted and were replaced by a constant text',
  },
  storeRequests: {
    name: 'waxseal.store.requests',
    unit: '{request}',
    description: 'Requests that a store was asked for',
  },
  storeDuration: {
    name: 'waxseal.store.request.duration',
    unit: 's',
    description: 'Time that a request to a store took, its retries included',
    advice: { explicitBucketBoundaries: SECONDS },
  },
  storeBreaker: {
    name: 'waxseal.store.breaker.state',
    unit: '{state}',
    description: 'Circuit breaker of the store: 0 closed, 1 half-open, 2 open',
  },
  serverRequests: {
    name: 'waxseal.codec_server.requests',
    unit: '{request}',
    description: 'Requests that a Codec Server answered',
  },
  serverDuration: {
    name: 'waxseal.codec_server.request.duration',
    unit: 's',
    description: 'Time from the headers of a request to its answer',
    advice: { explicitBucketBoundaries: SECONDS },
  },
  serverActive: {
    name: 'waxseal.codec_server.active_requests',
    unit: '{request}',
    description: 'Requests that a Codec Server is answering',
  },
  serverPayloads: {
    name: 'waxseal.codec_server.payloads',
    unit: '{payload}',
    description: 'Payloads in the requests of a Codec Server',
  },
  serverUnreadable: {
    name: 'waxseal.codec_server.unreadable_payloads',
    unit: '{payload}',
    description: 'Payloads that could not be decoded while others of the same request were answered',
  },
} as const satisfies Readonly<Record<string, Metric>>;

const BREAKER_VALUE: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 };

const NONE = { ageMs: 0, messages: 0, bytes: 0 };

/**
 * The instruments of one meter. Counters begin at 0 where their attributes are known before anything is
 * counted: a first increment from nothing is no increase to a monitoring system.
 */
class Instruments {
  readonly requests: Counter;
  readonly requestDuration: Histogram;
  readonly skipped: Counter;
  readonly payloads: Counter;
  readonly lookups: Counter;
  readonly staleUses: Counter;
  readonly taken: Counter;
  readonly redacted: Counter;
  readonly storeRequests: Counter;
  readonly storeDuration: Histogram;
  readonly #seen = new Set<KeyId>();
  readonly #seenKeys = new Map<string, Attributes>();
  constructor(meter: Meter, observed: ObservedState) {
    const counter = (metric: Metric): Counter => meter.createCounter(metric.name, metric);
    this.requests = counter(METRIC.requests);
    this.requestDuration = meter.createHistogram(METRIC.requestDuration.name, METRIC.requestDuration);
    this.skipped = counter(METRIC.skipped);
    this.payloads = counter(METRIC.payloads);
    this.lookups = counter(METRIC.lookups);
    this.staleUses = counter(METRIC.staleUses);
    this.taken = counter(METRIC.taken);
    this.redacted = counter(METRIC.redacted);
    this.storeRequests = counter(METRIC.storeRequests);
    this.storeDuration = meter.createHistogram(METRIC.storeDuration.name, METRIC.storeDuration);
    const beginPayloads = (operation: string, form: string): void => {
      this.payloads.add(0, { [ATTRIBUTE.codecOperation]: operation, [ATTRIBUTE.payloadForm]: form });
    };
    for (const form of ['envelope', 'plaintext']) beginPayloads('encode', form);
    for (const form of ['envelope', 'plaintext']) beginPayloads('decode', form);
    for (const source of ['shared', 'own']) this.taken.add(0, { [ATTRIBUTE.dataKeySource]: source });
    for (const result of ['hit', 'miss']) this.lookups.add(0, { [ATTRIBUTE.lookupResult]: result });
    for (const part of ['attributes', 'details']) this.redacted.add(0, { [ATTRIBUTE.failurePart]: part });
    this.#observe(meter, observed);
  }

  #observe(meter: Meter, observed: ObservedState): void {
    const gauge = (metric: Metric): ObservableGauge => meter.createObservableGauge(metric.name, metric);
    const gauges = {
      breaker: gauge(METRIC.breaker),
      age: gauge(METRIC.age),
      messages: gauge(METRIC.messages),
      bytes: gauge(METRIC.bytes),
      keys: gauge(METRIC.keyringKeys),
      storeBreaker: gauge(METRIC.storeBreaker),
    };
    const observe = (result: BatchObservableResult): void => {
      for (const [keyId, state] of observed.breakers) {
        result.observe(gauges.breaker, BREAKER_VALUE[state], { [ATTRIBUTE.keyId]: keyId });
      }
      if (observed.storeBreaker !== undefined) {
        result.observe(gauges.storeBreaker, BREAKER_VALUE[observed.storeBreaker]);
      }
      this.#observeKeys(result, gauges.keys, observed);
      const dataKeys = observed.dataKeys;
      for (const keyId of dataKeys.keys()) this.#beginStaleUses(keyId);
      for (const keyId of this.#seen) {
        // OpenTelemetry's SDK repeats the last value of what is observed no more, so 0 is told.
        const { ageMs, messages, bytes } = dataKeys.get(keyId) ?? NONE;
        result.observe(gauges.age, ageMs / 1000, { [ATTRIBUTE.keyId]: keyId });
        result.observe(gauges.messages, messages, { [ATTRIBUTE.keyId]: keyId });
        result.observe(gauges.bytes, bytes, { [ATTRIBUTE.keyId]: keyId });
      }
    };
    meter.addBatchObservableCallback(observe, Object.values(gauges));
  }

  #observeKeys(result: BatchObservableResult, gauge: ObservableGauge, observed: ObservedState): void {
    const gone = new Map(this.#seenKeys);
    for (const { keyId, role, count } of observed.keyringKeys) {
      const attributes = { [ATTRIBUTE.keyId]: keyId, [ATTRIBUTE.keyRole]: role };
      const name = `${role} ${keyId}`;
      this.#seenKeys.set(name, attributes);
      gone.delete(name);
      result.observe(gauge, count, attributes);
    }
    for (const attributes of gone.values()) result.observe(gauge, 0, attributes);
  }

  #beginStaleUses(keyId: KeyId): void {
    if (this.#seen.has(keyId)) return;
    this.#seen.add(keyId);
    this.staleUses.add(0, { [ATTRIBUTE.keyId]: keyId });
  }
}

/**
 * The instruments of the given provider, else of the global one as it is now. The API has no stand-in for a
 * global meter provider that is registered later: what is made before would count nothing for ever.
 */
export class CurrentInstruments {
  readonly #given: MeterProvider | undefined;
  readonly #observed: ObservedState;
  #provider: MeterProvider | undefined;
  #instruments: Instruments | undefined;

  constructor(given: MeterProvider | undefined, observed: ObservedState) {
    this.#given = given;
    this.#observed = observed;
  }

  get(): Instruments {
    const provider = this.#given ?? metrics.getMeterProvider();
    if (this.#instruments === undefined || provider !== this.#provider) {
      this.#provider = provider;
      this.#instruments = new Instruments(provider.getMeter(SCOPE), this.#observed);
    }
    return this.#instruments;
  }
}
