import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { rejectionOf } from '@waxseal/test-support';
import type { VaultClient } from '../src/client';
import { VaultAnswerError } from '../src/errors';
import { tokenSourceOf } from '../src/login';

const auth = { appRole: { roleId: 'orders', secretId: 's' } };
const granted = { auth: { client_token: 'hvs.token', lease_duration: 3600, renewable: true } };

/** A client whose answers are given one after the other. */
function clientOf(...answers: ((signal: AbortSignal) => Promise<object>)[]): VaultClient & { asked: number } {
  const client = {
    asked: 0,
    send: ({ signal }: { readonly signal: AbortSignal }) => answers[client.asked++]?.(signal),
  };
  return client as unknown as VaultClient & { asked: number };
}

const silence = (signal: AbortSignal): Promise<object> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });

it('a caller that joins a login which ends in silence has one more, which all of them share', async () => {
  const client = clientOf(silence, () => Promise.resolve(granted));
  const tokens = tokenSourceOf(auth, client);
  const first = rejectionOf(() => tokens.token(100));
  await sleep(1);
  const joined = [tokens.token(5_000), tokens.token(5_000), tokens.token(5_000)];
  await first;
  expect(await Promise.all(joined)).toEqual(['hvs.token', 'hvs.token', 'hvs.token']);
  expect(client.asked).toBe(2);
});

it('a login that is refused is not repeated for those who joined it', async () => {
  const refused = new VaultAnswerError({
    status: 403,
    errors: [],
    path: 'auth/approle/login',
    capability: 'update',
    login: true,
    secrets: [],
  });
  const client = clientOf(async () => {
    await sleep(20);
    throw refused;
  });
  const tokens = tokenSourceOf(auth, client);
  const all = await Promise.allSettled([tokens.token(1_000), tokens.token(1_000)]);
  expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(client.asked).toBe(1);
});
