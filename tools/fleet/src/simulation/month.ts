import { simulate, type SimulatedCounts, type SimulatedFleet } from './simulate';

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** What a month is taken for. */
export const MONTH = {
  hours: 730,
  /** Rolling deployments: every worker is replaced, over ten minutes. */
  deployments: 20,
  /** Times that all workers start together, within a minute. */
  coldStarts: 2,
};

/** How a fleet works. */
export const WORK = { maxAgeMs: HOUR, encodesPerSecond: 1, decodesPerSecond: 1 };

/** Dollars for 10,000 requests, by the lists of AWS KMS and of Google Cloud KMS. */
export const DOLLARS_PER_10_000 = 0.03;

/** One fleet's month. */
export interface Month {
  readonly wraps: number;
  readonly unwraps: number;
  /** All requests to the key service. */
  readonly requests: number;
  readonly dollars: number;
  /** In a second, over hours of work, and in the busiest of all. */
  readonly storeRequestsPerSecond: number;
  readonly storeRequestsAtPeak: number;
  /** Of the key service, in the busiest second. */
  readonly keyRequestsAtPeak: number;
}

/**
 * A month of a fleet: some hours are simulated with a cold start, and again with a deployment in them. What
 * these cost more than steady work counts as often as they happen.
 */
export function simulateMonth(workers: number, isShared: boolean, maxMessages: number, seed = 1): Month {
  // A key lives for most of an hour, so that few hours are a rough measure; and many workers take long.
  const hours = workers > 1_000 ? 8 : 50;
  const base: SimulatedFleet = {
    ...WORK,
    workers,
    isShared,
    maxMessages,
    durationMs: hours * HOUR,
    startsOverMs: MINUTE,
    seed,
  };
  const started = simulate({ ...base, durationMs: 2 * HOUR });
  const longer = simulate(base);
  const deployed = simulate({ ...base, deployment: { atMs: 3 * HOUR, overMs: 10 * MINUTE } });
  const steadyHours = hours - 2;
  const ofMonth = (count: (counts: SimulatedCounts) => number): number => {
    const hourly = (count(longer) - count(started)) / steadyHours;
    const coldStart = Math.max(0, count(started) - 2 * hourly);
    const deployment = Math.max(0, count(deployed) - count(longer));
    return Math.round(hourly * MONTH.hours + MONTH.coldStarts * coldStart + MONTH.deployments * deployment);
  };
  const wraps = ofMonth((counts) => counts.wraps);
  const unwraps = ofMonth((counts) => counts.unwraps);
  const requests = wraps + unwraps + ofMonth((counts) => counts.secretRequests);
  return {
    wraps,
    unwraps,
    requests,
    dollars: (requests / 10_000) * DOLLARS_PER_10_000,
    storeRequestsPerSecond: (longer.storeRequests - started.storeRequests) / (steadyHours * 3_600),
    storeRequestsAtPeak: Math.max(longer.storeRequestsAtPeak, deployed.storeRequestsAtPeak),
    keyRequestsAtPeak: Math.max(longer.keyRequestsAtPeak, deployed.keyRequestsAtPeak),
  };
}
