import { describe, expect, it } from '@jest/globals';
import { Events, randomOf } from '../src/simulation/events';
import { simulateMonth } from '../src/simulation/month';
import { simulate, type SimulatedFleet } from '../src/simulation/simulate';

const HOUR = 3_600_000;
const FLEET: SimulatedFleet = {
  workers: 50,
  isShared: true,
  maxAgeMs: HOUR,
  maxMessages: 2 ** 20,
  encodesPerSecond: 1,
  // Each reads of each.
  decodesPerSecond: 1_000,
  durationMs: 10 * HOUR,
  startsOverMs: 60_000,
  seed: 7,
};

describe('a simulated fleet', () => {
  it('gives the same counts for the same seed, and others for another', () => {
    expect(simulate(FLEET)).toEqual(simulate(FLEET));
    expect(simulate({ ...FLEET, seed: 8 })).not.toEqual(simulate(FLEET));
  });

  it('that shares makes a key for each 65 to 75 % of an hour, and unwraps each once for each worker', () => {
    const { wraps, unwraps, secretRequests } = simulate(FLEET);
    expect(wraps).toBeGreaterThanOrEqual(13);
    expect(wraps).toBeLessThanOrEqual(16);
    expect(unwraps).toBeGreaterThan(49 * (wraps - 1) - 1);
    expect(unwraps).toBeLessThanOrEqual(49 * wraps);
    expect(secretRequests).toBe(50);
  });

  it('that does not makes one for each worker, which all others unwrap', () => {
    const { wraps, unwraps } = simulate({ ...FLEET, isShared: false });
    expect(wraps).toBeGreaterThanOrEqual(50 * 14);
    expect(wraps).toBeLessThanOrEqual(50 * 16);
    expect(unwraps).toBeCloseTo(wraps * 49, -2);
  });

  it('asks at most for one key of each worker in a second where they share, and else for one for each read', () => {
    const coldStart = { ...FLEET, startsOverMs: 500, decodesPerSecond: 3 };
    // The secret and a data key, and the wrap of the first.
    expect(simulate(coldStart).keyRequestsAtPeak).toBe(2 * 50);
    expect(simulate({ ...coldStart, isShared: false }).keyRequestsAtPeak).toBe(50 + 3 * 50);
    expect(simulate({ ...coldStart, workers: 1, isShared: false }).keyRequestsAtPeak).toBe(1);
  });

  it('hands over when maxMessages are nearly used up', () => {
    const { wraps } = simulate({ ...FLEET, maxMessages: 50 * 600 });
    // Used up to 65 to 75 % in some seven minutes.
    expect(wraps).toBeGreaterThan(70);
    expect(wraps).toBeLessThan(130);
  });

  it('pays for a deployment in proportion to its workers', () => {
    const deployment = { atMs: 5 * HOUR, overMs: 600_000 };
    const more = simulate({ ...FLEET, deployment }).unwraps - simulate(FLEET).unwraps;
    expect(more).toBeGreaterThan(30);
    expect(more).toBeLessThan(110);
    const own = { ...FLEET, isShared: false };
    expect(simulate({ ...own, deployment }).unwraps - simulate(own).unwraps).toBeGreaterThan(30 * 49);
  });
});

it('a month of a thousand workers costs a hundredth with a limit for a fleet', () => {
  const own = simulateMonth(1_000, false, 2 ** 20);
  const shared = simulateMonth(1_000, true, 2 ** 28);
  expect(own.dollars / shared.dollars).toBeGreaterThan(100);
  expect(shared.unwraps / shared.wraps).toBeLessThan(1_300);
});

it('events come in the order of their times', () => {
  const random = randomOf(1);
  const events = new Events<number>();
  const times = Array.from({ length: 500 }, () => Math.floor(random() * 1_000));
  for (const time of times) events.add(time, time);
  const given = [];
  for (let next = events.next(); next !== undefined; next = events.next()) given.push(next.atMs);
  expect(given).toEqual(times.toSorted((a, b) => a - b));
});
