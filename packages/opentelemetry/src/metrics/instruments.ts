import type { BatchObservableResult, Counter, Histogram, Meter, ObservableGauge } from '@opentelemetry/api';
import type { BreakerState, KeyId } from '@waxseal/core';

import { ATTRIBUTE } from '../attribute';
import { METRIC, type Metric } from './metric';
import type { ObservedState } from './observed-state';

const BREAKER_VALUE: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 };

const NONE = { ageMs: 0, messages: 0, bytes: 0 };

/**
 * The instruments of one meter. Counters begin at 0 where their attributes are known before anything is counted: a first
 * increment from nothing is no increase to a monitoring system.
 */
export class Instruments {
  readonly requests: Counter;
  readonly requestDuration: Histogram;
  readonly spared: Counter;
  readonly lookups: Counter;
  readonly staleUses: Counter;
  readonly redacted: Counter;
  readonly #seen = new Set<KeyId>();

  constructor(meter: Meter, observed: ObservedState) {
    const counter = (metric: Metric): Counter => meter.createCounter(metric.name, metric);
    this.requests = counter(METRIC.requests);
    this.requestDuration = meter.createHistogram(METRIC.requestDuration.name, METRIC.requestDuration);
    this.spared = counter(METRIC.spared);
    this.lookups = counter(METRIC.lookups);
    this.staleUses = counter(METRIC.staleUses);
    this.redacted = counter(METRIC.redacted);
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
    };
    const observe = (result: BatchObservableResult): void => {
      for (const [keyId, state] of observed.breakers) {
        result.observe(gauges.breaker, BREAKER_VALUE[state], { [ATTRIBUTE.keyId]: keyId });
      }
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

  #beginStaleUses(keyId: KeyId): void {
    if (this.#seen.has(keyId)) return;
    this.#seen.add(keyId);
    this.staleUses.add(0, { [ATTRIBUTE.keyId]: keyId });
  }
}
