import type { Counter, Histogram, Meter, UpDownCounter } from '@opentelemetry/api';

import { METRIC } from '../metrics/metric';

/** The instruments of a Codec Server in one meter. */
export class CodecServerInstruments {
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
