import type { MetricOptions } from '@opentelemetry/api';

/** One metric: its name and what OpenTelemetry takes with it. */
export interface Metric extends MetricOptions {
  readonly name: string;
}

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
  spared: {
    name: 'waxseal.key.spared_requests',
    unit: '{request}',
    description: 'Wraps and unwraps that were refused without asking the key service',
  },
  breaker: {
    name: 'waxseal.key.breaker.state',
    unit: '{state}',
    description: 'Circuit breaker of a key: 0 closed, 1 half-open, 2 open',
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
