import { beforeEach, expect, it } from '@jest/globals';

import { CircuitBreaker } from '../src/keyring/request-guards';

const OPEN_MS = 5_000;
const LONGEST_MS = 15_000;

let now: number;
let states: string[];
let breaker: CircuitBreaker;

beforeEach(() => {
  now = 0;
  states = [];
  const clock = { now: () => now };
  breaker = new CircuitBreaker({ threshold: 3, resetAfterMs: OPEN_MS }, clock, (state) => states.push(state));
});

function fail(times: number): void {
  for (let count = 0; count < times; count++) {
    expect(breaker.pass('a')).toBe(true);
    breaker.failed('a');
  }
}

it('opens after failures in a row, and no answer between them', () => {
  fail(2);
  breaker.answered();
  fail(2);
  expect(breaker.state).toBe('closed');
  fail(1);
  expect(breaker.pass('a')).toBe(false);
  expect(states).toEqual(['open']);
});

it('lets one through after a while, and nobody beside it', () => {
  fail(3);
  now += OPEN_MS / 2 - 1;
  expect(breaker.pass('a')).toBe(false);
  now = OPEN_MS;
  expect([breaker.pass('a'), breaker.pass('a'), breaker.pass('a')]).toEqual([true, false, false]);
  breaker.answered();
  expect([breaker.pass('a'), breaker.pass('a')]).toEqual([true, true]);
  expect(states).toEqual(['open', 'half-open', 'closed']);
});

it('stays open longer with each probe that fails, up to 15 seconds', () => {
  fail(3);
  for (const openMs of [OPEN_MS, 2 * OPEN_MS, LONGEST_MS, LONGEST_MS, LONGEST_MS]) {
    const openedAt = now;
    now = openedAt + openMs / 2 - 1;
    expect(breaker.pass('a')).toBe(false);
    now = openedAt + openMs;
    fail(1);
  }
  now += LONGEST_MS;
  expect(breaker.pass('a')).toBe(true);
  breaker.answered();
  fail(3);
  now += OPEN_MS;
  expect(breaker.pass('a')).toBe(true);
});

it('lets another through at once where the caller of the first gave up', () => {
  fail(3);
  now += OPEN_MS;
  expect(breaker.pass('a')).toBe(true);
  breaker.abandoned();
  expect([breaker.pass('a'), breaker.pass('a')]).toEqual([true, false]);
});

it('does not count what was asked before it opened', () => {
  for (let count = 0; count < 10; count++) expect(breaker.pass('a')).toBe(true);
  for (let count = 0; count < 10; count++) breaker.failed('a');
  now += OPEN_MS;
  expect(breaker.pass('a')).toBe(true);
  expect(states).toEqual(['open', 'half-open']);
});

it('stays open to other tenants while only one has failed', () => {
  fail(3);
  expect([breaker.pass('a'), breaker.pass('b'), breaker.pass('c')]).toEqual([false, true, true]);
  breaker.answered();
  expect([breaker.pass('a'), states]).toEqual([true, ['open', 'closed']]);
});

it('closes to all once a second tenant has failed', () => {
  fail(3);
  expect(breaker.pass('b')).toBe(true);
  breaker.failed('b');
  expect([breaker.pass('a'), breaker.pass('b'), breaker.pass('c')]).toEqual([false, false, false]);
  now += LONGEST_MS;
  expect([breaker.pass('c'), breaker.pass('a')]).toEqual([true, false]);
});
