import { KeyManagementServiceClient } from '@google-cloud/kms';
import { afterEach, describe, expect, it } from '@jest/globals';
import { withLimits } from '@waxseal/conformance';
import { startFreezingRelay, type FreezingRelay } from '@waxseal/test-support';
import type { GcpKmsDoubleOptions } from '@waxseal/testing';

import { GcpKmsKey, type GcpKmsClient } from '../src';
import { kmsUnderTest } from './support/kms-under-test';

const AAD = Buffer.from('waxseal/v1/data-key');
// Fifty requests over TLS at once take most of a second where the machine is busy.
const LIMITS = { attemptTimeoutMs: 2_500, totalTimeoutMs: 12_000, maxAttempts: 3 };
const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

describe.each<[string, GcpKmsDoubleOptions]>([
  ['TLS', { tls: true }],
  // Plain channels with one credentials object share what is beneath them.
  ['no TLS', {}],
])('over a connection that fell silent, with %s,', (_what, doubleOptions) => {
  const under = kmsUnderTest(doubleOptions);

  const start = async (): Promise<{ relay: FreezingRelay; make: () => KeyManagementServiceClient }> => {
    const relay = await startFreezingRelay(Number(under().kms.endpoint.split(':')[1]));
    ending.push(() => relay.close());
    return {
      relay,
      make: () => {
        const client = new KeyManagementServiceClient({ ...under().options, port: relay.port });
        ending.push(async () => client.close());
        return client;
      },
    };
  };
  const wraps = async (
    client: GcpKmsClient | (() => GcpKmsClient),
    times = 1,
  ): Promise<() => Promise<number[]>> => {
    const key = withLimits(new GcpKmsKey({ client, keyName: under().kms.createKey().name }), LIMITS);
    const all = async (): Promise<number[]> => {
      const requests = Array.from({ length: times }, () => key.wrap(Buffer.alloc(32, 7), AAD));
      return (await Promise.all(requests)).map(({ bytes }) => Math.sign(bytes.length));
    };
    await all();
    return all;
  };

  it("another client takes the place of the application's, which stays as it is", async () => {
    const { relay, make } = await start();
    const client = make();
    const again = await wraps(client);
    relay.freeze();
    expect(await again()).toEqual([1]);
    expect(client).toMatchObject({ _terminated: false });
    expect(relay.connections).toBe(2);
  });

  it('fifty requests at once share the one that takes its place, and the old one is closed after them', async () => {
    const { relay, make } = await start();
    const made: KeyManagementServiceClient[] = [];
    const again = await wraps(() => {
      const client = make();
      made.push(client);
      return client;
    }, 50);
    relay.freeze();
    expect(await again()).toEqual(Array(50).fill(1));
    expect(made).toHaveLength(2);
    expect(made).toMatchObject([{ _terminated: true }, { _terminated: false }]);
  });
});

describe('after a service was away', () => {
  const under = kmsUnderTest({ tls: true });

  it('rights are asked for as soon as it is back, over a connection of their own', async () => {
    const relay = await startFreezingRelay(Number(under().kms.endpoint.split(':')[1]));
    const client = new KeyManagementServiceClient({ ...under().options, port: relay.port });
    ending.push(
      () => relay.close(),
      async () => client.close(),
    );
    const key = withLimits(new GcpKmsKey({ client, keyName: under().kms.createKey().name }), {
      ...LIMITS,
      maxAttempts: 1,
    });
    const { upstream } = relay;
    relay.upstream = undefined;
    for (let count = 0; count < 2; count += 1) {
      await expect(key.checkPermissions(AAD)).rejects.toMatchObject({ reason: 'unavailable' });
    }
    relay.upstream = upstream;
    expect(await key.checkPermissions(AAD)).toMatchObject({ wrap: { allowed: true } });
  });
});

describe('a client that nothing like it can be made of', () => {
  it('goes on', async () => {
    const answers = [
      () => Promise.reject(Object.assign(new Error('late'), { code: 4, details: 'Deadline exceeded' })),
      () => Promise.resolve([{ cryptoKeys: [] }] as never),
    ];
    let initialized = 0;
    const client: GcpKmsClient = {
      initialize: () => Promise.resolve((initialized += 1)),
      encrypt: () => (answers.shift() ?? (() => Promise.reject(new Error('no more'))))(),
      decrypt: () => Promise.reject(new Error('not asked')),
      getCryptoKey: () => Promise.reject(new Error('not asked')),
      testIamPermissions: () => Promise.reject(new Error('not asked')),
      auth: { getCredentials: () => Promise.resolve({}) },
    };
    const key = new GcpKmsKey({ client, keyName: 'projects/p/locations/l/keyRings/r/cryptoKeys/k' });
    const twice = { ...LIMITS, maxAttempts: 2 };
    await expect(withLimits(key, twice).wrap(Buffer.alloc(32), AAD)).rejects.toMatchObject({
      reason: 'unavailable',
    });
    expect([initialized, answers.length]).toEqual([2, 0]);
  });
});
