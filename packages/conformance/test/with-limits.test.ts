import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';
import type { KeyRequestOptions, WrappedKey } from '@waxseal/core/provider';

import { withLimits } from '../src';
import { ModelKey } from './support/model-key';
import { ModelService } from './support/model-service';

/** Keeps what it is asked with. */
class WatchedKey extends ModelKey {
  readonly seen: (KeyRequestOptions | undefined)[] = [];

  protected override ask<T>(
    keyId: string,
    options: KeyRequestOptions | undefined,
    attempt: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    this.seen.push(options);
    return super.ask(keyId, options, attempt);
  }
}

const AAD = Buffer.from('aad');
const LIMITS = { maxAttempts: 1, totalTimeoutMs: 500 };

function watched(): WatchedKey {
  const service = new ModelService();
  service.create('a');
  return new WatchedKey(service, 'a');
}

describe('withLimits', () => {
  it('gives its limits to each request, beside what the call says itself', async () => {
    const key = watched();
    const limited = withLimits(key, LIMITS);
    const wrapped: WrappedKey = await limited.wrap(new Uint8Array(32), AAD);
    const { signal } = new AbortController();
    await limited.unwrap(wrapped, AAD, { signal, limits: { maxAttempts: 2 } });
    expect(key.seen).toEqual([
      { limits: LIMITS },
      { signal, limits: { maxAttempts: 2, totalTimeoutMs: 500 } },
    ]);
  });

  it('stands for the key in all else', () => {
    const key = watched();
    const limited = withLimits(key, LIMITS);
    expect([limited.id, limited.bindsAad, limited.owns('other')]).toEqual([key.id, key.bindsAad, false]);
    expect(inspect(limited)).toBe(inspect(key));
  });
});
