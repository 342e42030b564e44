import { describe, expect, it } from '@jest/globals';
import { KeyServiceError } from '@waxseal/core';

import { StoreError } from '@waxseal/store';

import { openTelemetry } from '../src';
import { exercise, PUT, WRAP } from './support/exercise';
import { inMemory } from './support/in-memory';

const REQUEST = { 'waxseal.operation': 'wrap', 'waxseal.provider': 'aws-kms', 'waxseal.key.id': 'key-a' };

describe('key requests', () => {
  it('are counted and timed by operation, provider, key and outcome', async () => {
    const { reader, meterProvider } = inMemory();
    const telemetry = openTelemetry({ meterProvider });
    const ask = () => new Promise<void>((resolve) => setTimeout(resolve, 30));
    await expect(telemetry.keyRequest(WRAP, ask)).resolves.toBeUndefined();
    await telemetry.keyRequest(WRAP, ask);
    for (const error of [new KeyServiceError('key-a', 'denied'), new Error('of another kind')]) {
      await expect(telemetry.keyRequest(WRAP, () => Promise.reject(error))).rejects.toBe(error);
    }

    expect(await reader.points('waxseal.key.requests')).toEqual([
      [{ ...REQUEST, 'waxseal.outcome': 'ok' }, 2],
      [{ ...REQUEST, 'waxseal.outcome': 'denied' }, 1],
      [{ ...REQUEST, 'waxseal.outcome': 'other' }, 1],
    ]);
    const [ok] = await reader.points('waxseal.key.request.duration');
    expect(ok).toEqual([{ ...REQUEST, 'waxseal.outcome': 'ok' }, expect.objectContaining({ count: 2 })]);
    const seconds = (ok?.[1] as { sum: number }).sum;
    expect(seconds).toBeGreaterThan(0.058);
    expect(seconds).toBeLessThan(10);
    expect((ok?.[1] as { buckets: { boundaries: number[] } }).buckets.boundaries).toContain(6);
  });

  it('take a reason that is not known for no reason, so that nothing makes new series', async () => {
    const { reader, meterProvider } = inMemory();
    const error = Object.assign(new KeyServiceError('key-a', 'denied'), { reason: 'made up by a payload' });
    await openTelemetry({ meterProvider })
      .keyRequest(WRAP, () => Promise.reject(error))
      .catch(() => undefined);
    expect(await reader.points('waxseal.key.requests')).toEqual([
      [{ ...REQUEST, 'waxseal.outcome': 'other' }, 1],
    ]);
  });

  it('that are skipped are counted by what skipped them', async () => {
    const { reader, meterProvider } = inMemory();
    const telemetry = openTelemetry({ meterProvider });
    telemetry.keyRequestSkipped(WRAP, 'breaker');
    telemetry.keyRequestSkipped(WRAP, 'negative-cache');
    telemetry.keyRequestSkipped(WRAP, 'breaker');
    expect(await reader.points('waxseal.key.skipped_requests')).toEqual([
      [{ ...REQUEST, 'waxseal.skipped_by': 'breaker' }, 2],
      [{ ...REQUEST, 'waxseal.skipped_by': 'negative-cache' }, 1],
    ]);
    expect(await reader.points('waxseal.key.requests')).toEqual([]);
  });
});

describe('requests to a store', () => {
  const STORE = { 'waxseal.operation': 'tokens.put', 'waxseal.store': 'postgres' };

  it('are counted and timed by operation, store and outcome', async () => {
    const { reader, meterProvider } = inMemory();
    const telemetry = openTelemetry({ meterProvider });
    await telemetry.storeRequest(PUT, () => Promise.resolve());
    await telemetry.storeRequest(PUT, () => Promise.resolve());
    for (const error of [
      new StoreError('not-durable'),
      new KeyServiceError('key-a', 'denied'),
      new Error('other'),
    ]) {
      await expect(telemetry.storeRequest(PUT, () => Promise.reject(error))).rejects.toBe(error);
    }
    const made = Object.assign(new StoreError('full'), { reason: 'made up' });
    await telemetry.storeRequest(PUT, () => Promise.reject(made)).catch(() => undefined);
    expect(await reader.points('waxseal.store.requests')).toEqual([
      [{ ...STORE, 'waxseal.outcome': 'ok' }, 2],
      [{ ...STORE, 'waxseal.outcome': 'not-durable' }, 1],
      [{ ...STORE, 'waxseal.outcome': 'other' }, 3],
    ]);
    const [ok] = await reader.points('waxseal.store.request.duration');
    expect(ok).toEqual([{ ...STORE, 'waxseal.outcome': 'ok' }, expect.objectContaining({ count: 2 })]);
    expect(await reader.points('waxseal.key.requests')).toEqual([]);
  });

  it('show the state of the breaker from the first one on', async () => {
    const { reader, meterProvider } = inMemory();
    const telemetry = openTelemetry({ meterProvider });
    expect(await reader.points('waxseal.store.breaker.state')).toEqual([]);
    await telemetry.storeRequest(PUT, () => Promise.resolve());
    expect(await reader.points('waxseal.store.breaker.state')).toEqual([[{}, 0]]);
    for (const [state, value] of [
      ['open', 2],
      ['half-open', 1],
      ['closed', 0],
    ] as const) {
      telemetry.storeBreakerChanged(state);
      expect(await reader.points('waxseal.store.breaker.state')).toEqual([[{}, value]]);
    }
  });
});

describe('counters', () => {
  it('of payloads, lookups and redactions begin at 0 and count', async () => {
    const { reader, meterProvider } = inMemory();
    const telemetry = openTelemetry({ meterProvider });
    telemetry.payloadsProcessed('decode', 'plaintext', 3);
    const [encode, decode] = ['encode', 'decode'].map((operation) => ({
      'waxseal.codec.operation': operation,
    }));
    expect(await reader.points('waxseal.codec.payloads')).toEqual([
      [{ ...encode, 'waxseal.payload.form': 'envelope' }, 0],
      [{ ...encode, 'waxseal.payload.form': 'plaintext' }, 0],
      [{ ...decode, 'waxseal.payload.form': 'envelope' }, 0],
      [{ ...decode, 'waxseal.payload.form': 'plaintext' }, 3],
    ]);
    telemetry.dataKeyLookup(true);
    telemetry.dataKeyLookup(true);
    telemetry.failureRedacted('details');
    expect(await reader.points('waxseal.data_key.lookups')).toEqual([
      [{ 'waxseal.lookup.result': 'hit' }, 2],
      [{ 'waxseal.lookup.result': 'miss' }, 0],
    ]);
    expect(await reader.points('waxseal.failures.redacted')).toEqual([
      [{ 'waxseal.failure.part': 'attributes' }, 0],
      [{ 'waxseal.failure.part': 'details' }, 1],
    ]);
  });

  it('of stale uses begin at 0 once a data key is seen', async () => {
    const { reader, meterProvider } = inMemory();
    const telemetry = openTelemetry({ meterProvider });
    telemetry.observeDataKeys(() => [{ keyId: 'key-a:v1', ageMs: 1, messages: 1, bytes: 1 }]);
    const series = [{ 'waxseal.key.id': 'key-a:v1' }];
    expect(await reader.points('waxseal.data_key.stale_uses')).toEqual([[...series, 0]]);
    telemetry.staleDataKeyUsed('key-a:v1', 4_000_000);
    expect(await reader.points('waxseal.data_key.stale_uses')).toEqual([[...series, 1]]);
  });
});

describe('gauges', () => {
  it('show a breaker by number, closed from the first request on', async () => {
    const { reader, meterProvider } = inMemory();
    const telemetry = openTelemetry({ meterProvider });
    const states = () => reader.points('waxseal.key.breaker.state');
    expect(await states()).toEqual([]);
    await telemetry.keyRequest(WRAP, () => Promise.resolve());
    expect(await states()).toEqual([[{ 'waxseal.key.id': 'key-a' }, 0]]);
    telemetry.breakerChanged('key-a', 'open');
    await telemetry.keyRequest(WRAP, () => Promise.resolve());
    expect(await states()).toEqual([[{ 'waxseal.key.id': 'key-a' }, 2]]);
    telemetry.breakerChanged('key-a', 'half-open');
    expect(await states()).toEqual([[{ 'waxseal.key.id': 'key-a' }, 1]]);
    telemetry.breakerChanged('key-a', 'closed');
    expect(await states()).toEqual([[{ 'waxseal.key.id': 'key-a' }, 0]]);
  });

  it('show data keys as they are when read, the highest values of a key ID, and 0 once no codec has any', async () => {
    const { reader, meterProvider } = inMemory();
    const telemetry = openTelemetry({ meterProvider });
    const first = { keyId: 'key-a', ageMs: 1500, messages: 4, bytes: 10 };
    const closeFirst = telemetry.observeDataKeys(() => [first, { ...first, keyId: 'key-b' }]);
    const second = () => [{ keyId: 'key-a', ageMs: 500, messages: 9, bytes: 20 }];
    const closeSecond = telemetry.observeDataKeys(second);
    telemetry.observeDataKeys(second)();
    const [a, b] = [{ 'waxseal.key.id': 'key-a' }, { 'waxseal.key.id': 'key-b' }];

    expect(await reader.points('waxseal.data_key.age')).toEqual([
      [a, 1.5],
      [b, 1.5],
    ]);
    expect(await reader.points('waxseal.data_key.messages')).toEqual([
      [a, 9],
      [b, 4],
    ]);
    expect(await reader.points('waxseal.data_key.bytes')).toEqual([
      [a, 20],
      [b, 10],
    ]);
    closeFirst();
    first.ageMs = 9000;
    expect(await reader.points('waxseal.data_key.age')).toEqual([
      [a, 0.5],
      [b, 0],
    ]);
    closeSecond();
    for (const name of ['age', 'messages', 'bytes']) {
      expect(await reader.points(`waxseal.data_key.${name}`)).toEqual([
        [a, 0],
        [b, 0],
      ]);
    }
  });
});

it('shows the keys of keyrings by ID and role, counts keyrings, and shows 0 for what is gone', async () => {
  const { reader, meterProvider } = inMemory();
  const telemetry = openTelemetry({ meterProvider });
  const both = [
    { keyId: 'old', role: 'primary' },
    { keyId: 'new', role: 'decryptOnly' },
  ] as const;
  const closeFirst = telemetry.observeKeys(() => both);
  const closeSecond = telemetry.observeKeys(() => both.slice(0, 1));
  telemetry.observeKeys(() => {
    throw new Error('of an observer');
  });
  const of = (keyId: string, role: string) => ({ 'waxseal.key.id': keyId, 'waxseal.key.role': role });
  const points = () => reader.points('waxseal.keyring.keys');
  expect(await points()).toEqual([
    [of('old', 'primary'), 2],
    [of('new', 'decryptOnly'), 1],
  ]);
  closeFirst();
  expect(await points()).toEqual([
    [of('old', 'primary'), 1],
    [of('new', 'decryptOnly'), 0],
  ]);
  closeSecond();
  telemetry.observeKeys(() => [{ keyId: 'new', role: 'primary' }]);
  expect(await points()).toEqual([
    [of('old', 'primary'), 0],
    [of('new', 'decryptOnly'), 0],
    [of('new', 'primary'), 1],
  ]);
});

it('gives each metric a unit and a description', async () => {
  const { reader, meterProvider } = inMemory();
  await exercise(openTelemetry({ meterProvider }));
  const all = [...(await reader.metrics()).values()];
  expect(all).toHaveLength(16);
  for (const { descriptor } of all) {
    expect(descriptor.description).not.toBe('');
    expect(descriptor.unit).toMatch(/^(s|By|\{[a-z]+\})$/);
  }
});
