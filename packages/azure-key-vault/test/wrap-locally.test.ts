import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { withLimits } from '@waxseal/conformance';
import { rejectionOf } from '@waxseal/test-support';

import { vaultUnderTest } from './support/vault-under-test';

const AAD = Buffer.from('waxseal/v1/data-key');
const HOUR_MS = 3_600_000;
const under = vaultUnderTest();

afterEach(() => {
  jest.restoreAllMocks();
});

/** From now on the monotonic clock is ahead by so much. */
function letPass(ms: number): void {
  jest.restoreAllMocks();
  const before = performance.now.bind(performance);
  jest.spyOn(performance, 'now').mockImplementation(() => before() + ms);
}

/** Until a refresh in the background has changed what is seen. */
async function until(isSeen: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await isSeen())) {
    if (Date.now() > end) throw new Error('It was not seen within 10 s.');
    await delay(20);
  }
}

describe('wrapLocally', () => {
  it('asks for the public key once, wraps without a request, and records the version', async () => {
    const { vault, managed, key } = under();
    const mine = key({ wrapLocally: true });
    const dataKey = randomBytes(32);
    const wrapped = [];
    for (let count = 0; count < 20; count++) wrapped.push(await mine.wrap(dataKey, AAD));
    expect(vault.requests.map(({ operation }) => operation)).toEqual(['getKey']);
    for (const { keyId, bytes } of wrapped) expect([keyId, bytes.length]).toEqual([managed.current.kid, 256]);
    for (const one of wrapped.slice(0, 2)) expect(dataKey.equals(await key().unwrap(one, AAD))).toBe(true);
  });

  it('wraps with the pinned version', async () => {
    const { vault, key } = under();
    const managed = await vault.createKey();
    const older = managed.current;
    await managed.rotate();
    const mine = key({ keyId: older.kid, wrapLocally: true });
    const dataKey = randomBytes(32);
    const wrapped = await mine.wrap(dataKey, AAD);
    expect(wrapped.keyId).toBe(older.kid);
    expect(dataKey.equals(await mine.unwrap(wrapped, AAD))).toBe(true);
    expect(vault.requests[0]).toMatchObject({ operation: 'getKey', version: older.version });
  });

  it('sees a new version after an hour, without waiting for it', async () => {
    const { vault, key } = under();
    const managed = await vault.createKey();
    const older = managed.current;
    const mine = key({ keyId: managed.url, wrapLocally: true });
    await mine.wrap(randomBytes(32), AAD);
    const newer = await managed.rotate();
    expect((await mine.wrap(randomBytes(32), AAD)).keyId).toBe(older.kid);
    letPass(HOUR_MS + 1);
    vault.latencyMs = 30;
    expect((await mine.wrap(randomBytes(32), AAD)).keyId).toBe(older.kid);
    await until(async () => (await mine.wrap(randomBytes(32), AAD)).keyId === newer.kid);
    expect(vault.requests).toHaveLength(2);
  });

  it('goes on for a day while the service cannot be reached, and no longer', async () => {
    const { vault, key } = under();
    const mine = withLimits(key({ wrapLocally: true }), { maxAttempts: 1 });
    await mine.wrap(randomBytes(32), AAD);
    vault.next({ error: 'ServiceUnavailable' }, 1000);
    letPass(HOUR_MS + 1);
    await mine.wrap(randomBytes(32), AAD);
    await until(() => Promise.resolve(vault.requests.length === 2));
    await mine.wrap(randomBytes(32), AAD);
    expect(vault.requests).toHaveLength(2);
    letPass(24 * HOUR_MS);
    expect(await rejectionOf(() => mine.wrap(randomBytes(32), AAD))).toMatchObject({ reason: 'unavailable' });
  });

  it.each([
    ['disabled', { error: 'Forbidden', innererror: 'KeyDisabled' }],
    ['denied', { error: 'Forbidden', innererror: 'ForbiddenByRbac' }],
    ['not-found', { error: 'KeyNotFound' }],
  ] as const)('stops when a refresh is answered %s', async (reason, behaviour) => {
    const { vault, key } = under();
    const mine = key({ wrapLocally: true });
    await mine.wrap(randomBytes(32), AAD);
    vault.next(behaviour, 1_000);
    letPass(HOUR_MS + 1);
    await mine.wrap(randomBytes(32), AAD);
    const wrap = () => mine.wrap(randomBytes(32), AAD);
    await until(() =>
      wrap().then(
        () => false,
        () => true,
      ),
    );
    expect(await rejectionOf(wrap)).toMatchObject({ reason });
  });

  it('unwraps remotely: a disabled key and a right taken away are seen at once', async () => {
    const { vault, key } = under();
    const managed = await vault.createKey();
    const mine = key({ keyId: managed.url, wrapLocally: true });
    const wrapped = await mine.wrap(randomBytes(32), AAD);
    managed.disable();
    expect(await rejectionOf(() => mine.unwrap(wrapped, AAD))).toMatchObject({ reason: 'disabled' });
    expect(await mine.wrap(randomBytes(32), AAD)).toMatchObject({ keyId: managed.current.kid });
    managed.enable();
    vault.deny('unwrapKey');
    expect(await rejectionOf(() => mine.unwrap(wrapped, AAD))).toMatchObject({ reason: 'denied' });
  });

  it.each<[string, string, (answer: Record<string, unknown>) => unknown]>([
    ['a disabled version', 'disabled', (answer) => ({ ...answer, attributes: { enabled: false } })],
    ['an expired version', 'disabled', (answer) => ({ ...answer, attributes: { enabled: true, exp: 1 } })],
    ['a version of the future', 'disabled', (answer) => ({ ...answer, attributes: { nbf: 4_102_444_800 } })],
    ['no operation to wrap', 'denied', (answer) => with_(answer, { key_ops: ['unwrapKey'] })],
    ['an AES key', 'not-found', (answer) => with_(answer, { kty: 'oct-HSM' })],
    ['no modulus', 'not-found', (answer) => with_(answer, { n: undefined })],
    [
      'a modulus of 1,024 bits',
      'not-found',
      (answer) => with_(answer, { n: randomBytes(128).fill(255, 0, 1).toString('base64url') }),
    ],
    ['another key', 'unknown', (answer) => with_(answer, { kid: 'https://evil.example/keys/orders/0' })],
  ])('does not wrap with %s', async (_what, reason, edit) => {
    const { vault, key } = under();
    vault.next({ edit });
    const mine = withLimits(key({ wrapLocally: true }), { maxAttempts: 1 });
    expect(await rejectionOf(() => mine.wrap(randomBytes(32), AAD))).toMatchObject({ reason });
  });

  it('needs the right to read the key, and says so', async () => {
    const { vault, key } = under();
    vault.deny('getKey');
    expect(await rejectionOf(() => key({ wrapLocally: true }).wrap(randomBytes(32), AAD))).toMatchObject({
      reason: 'denied',
      cause: { details: { innererrorCode: 'ForbiddenByRbac' } },
    });
  });
});

function with_(answer: Record<string, unknown>, members: object): unknown {
  return { ...answer, key: { ...(answer['key'] as object), ...members } };
}
