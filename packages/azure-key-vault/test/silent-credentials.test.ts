import { randomBytes } from 'node:crypto';

import { expect, it } from '@jest/globals';
import { withLimits } from '@waxseal/conformance';

import { vaultUnderTest } from './support/vault-under-test';

const AAD = Buffer.from('waxseal/v1/data-key');
const under = vaultUnderTest();

it('every call ends in its time where a token never comes', async () => {
  const { key } = under();
  const wrapped = await key().wrap(randomBytes(32), AAD);
  const silent = withLimits(
    key({
      credential: { getToken: () => new Promise(() => undefined) },
    }),
    { attemptTimeoutMs: 200, totalTimeoutMs: 500, maxAttempts: 1 },
  );
  const timeout = expect.objectContaining({ reason: 'timeout' });
  await expect(silent.wrap(randomBytes(32), AAD)).rejects.toEqual(timeout);
  await expect(silent.unwrap(wrapped, AAD)).rejects.toEqual(timeout);
  await expect(silent.describe()).rejects.toEqual(timeout);
});
