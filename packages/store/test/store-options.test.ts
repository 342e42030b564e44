import { describe, expect, it } from '@jest/globals';
import { ConfigurationError } from '@waxseal/core';

import { PgliteStore, PostgresStore } from '../src';
import { sqlStoreSettings } from '../src/sql/store-options';

describe('options of a store', () => {
  it('have defaults', () => {
    expect(sqlStoreSettings('S', {})).toEqual({
      schema: 'waxseal',
      attemptTimeoutMs: 2_000,
      totalTimeoutMs: 4_000,
      maxConcurrent: 8,
      maxQueued: 10_000,
      breaker: { threshold: 5, resetAfterMs: 1_000 },
      telemetry: undefined,
    });
  });

  it('take durations as Temporal does', () => {
    const requests = { attemptTimeout: '500ms', totalTimeout: 3_000, breakerResetAfter: '2s' } as const;
    expect(sqlStoreSettings('S', { requests })).toMatchObject({
      attemptTimeoutMs: 500,
      totalTimeoutMs: 3_000,
      breaker: { resetAfterMs: 2_000 },
    });
  });

  it.each([
    [{ requests: 'fast' }, 'S: requests must be an object'],
    [{ requests: null, schema: 'a b' }, 'S: schema'],
    [{ requests: { timeout: 1 } }, 'S: requests.timeout'],
    [
      { requests: { attemptTimeout: '5s' } },
      'S: requests.totalTimeout must be at least requests.attemptTimeout',
    ],
    [{ requests: { attemptTimeout: 'soon' } }, 'S: requests.attemptTimeout'],
    [{ requests: { totalTimeout: '2m' } }, 'S: requests.totalTimeout'],
    [{ requests: { maxConcurrent: 0 } }, 'S: requests.maxConcurrent'],
    [{ requests: { maxConcurrent: 1_001 } }, 'S: requests.maxConcurrent'],
    [{ requests: { maxQueued: 1.5 } }, 'S: requests.maxQueued'],
    [{ requests: { breakerThreshold: -1 } }, 'S: requests.breakerThreshold'],
    [{ requests: { breakerResetAfter: '2m' } }, 'S: requests.breakerResetAfter'],
    [{ telemetry: 'otel' }, 'S: telemetry must be a Telemetry'],
  ])('that are wrong are named: %j', (options, message) => {
    const act = (): unknown => sqlStoreSettings('S', options as object);
    expect(act).toThrow(ConfigurationError);
    expect(act).toThrow(message);
  });
});

describe('a PostgresStore', () => {
  it.each([
    [{ URL: 'x' }, 'PostgresStore: "URL"'],
    [{ url: 7 }, 'PostgresStore: url must be a text'],
    [{ password: 'x' }, 'PostgresStore: password must be a function'],
    [{ applicationName: 7 }, 'PostgresStore: applicationName must be a text'],
    [{ idleTimeout: 'never' }, 'PostgresStore: idleTimeout'],
    [{ maxLifetime: '2 days' }, 'PostgresStore: maxLifetime'],
  ])('names options that are wrong: %j', (options, message) => {
    expect(() => new PostgresStore({ environment: {}, ...options } as object)).toThrow(message);
  });

  it('shows its kind and its schema alone', async () => {
    const store = new PostgresStore({ url: 'postgres://ann:secret-password@h/db', environment: {} });
    expect(JSON.parse(JSON.stringify(store))).toEqual({ kind: 'postgres', schema: 'waxseal' });
    await store.close();
  });
});

describe('a PgliteStore', () => {
  it('takes a deadline that is shorter than its own', () => {
    expect(() => new PgliteStore({ requests: { totalTimeout: '5s' } })).not.toThrow();
  });

  it.each([
    [{ folder: 'x' }, 'PgliteStore: "folder"'],
    [{ directory: '' }, 'PgliteStore: directory'],
    [{ directory: 7 }, 'PgliteStore: directory'],
  ])('names options that are wrong: %j', (options, message) => {
    expect(() => new PgliteStore(options as object)).toThrow(message);
  });
});
