import { beforeEach, expect, it } from '@jest/globals';

import { SteadyClock } from '../src/base/clock';

let monotonic: number;
let uptime: number;
let clock: SteadyClock;

beforeEach(() => {
  monotonic = 1_000;
  uptime = 500_000;
  clock = new SteadyClock(
    () => monotonic,
    () => uptime,
  );
});

function pass(ms: number): void {
  monotonic += ms;
  uptime += ms;
}

it('goes as the monotonic clock does', () => {
  const start = clock.now();
  pass(90_000);
  expect(clock.now() - start).toBe(90_000);
});

it('counts a night of sleep, within a second of waking up', () => {
  const start = clock.now();
  uptime += 8 * 3_600_000;
  pass(1_000);
  expect(clock.now() - start).toBe(8 * 3_600_000 + 1_000);
  pass(5_000);
  expect(clock.now() - start).toBe(8 * 3_600_000 + 6_000);
});

it('is not moved by an uptime that is told in whole seconds', () => {
  const start = clock.now();
  for (let second = 1; second <= 1_000; second++) {
    monotonic += 1_000;
    uptime = 500_000 + Math.floor((monotonic - 1_000) / 1_000) * 1_000 + (second % 2 === 0 ? 999 : -999);
    expect(clock.now() - start).toBe(second * 1_000);
  }
});

it('never goes back, and does not look at the time of day', () => {
  const start = clock.now();
  uptime += 60_000;
  pass(2_000);
  const awake = clock.now();
  uptime -= 120_000;
  pass(2_000);
  expect(clock.now()).toBeGreaterThan(awake);
  expect(clock.now() - start).toBe(64_000);
});
