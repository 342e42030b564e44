import { createHash, randomBytes } from 'node:crypto';
import type { DataKeyGrant, DataKeyLimits, DataKeyMember, DataKeySeat, HeldDataKey } from '@waxseal/core';
import { SharedDataKeys, type Store } from '@waxseal/store';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

const LIMITS: DataKeyLimits = {
  maxAgeMs: HOUR,
  maxStaleAgeMs: 24 * HOUR,
  maxMessages: 2 ** 20,
  maxBytes: 2 ** 36,
  cacheCapacity: 1,
  cacheTtlMs: 1,
  maxKeyrings: 1,
};

/** A key service as a vault sees it: what it protects, nobody else can make, and it is of no other use. */
export class TestVault {
  readonly #kept = new Map<string, Uint8Array>();
  protects = 0;
  reveals = 0;

  protect(secret: Uint8Array): Promise<Uint8Array> {
    this.protects += 1;
    const bytes = new Uint8Array(randomBytes(64));
    this.#kept.set(Buffer.from(bytes).toString('hex'), new Uint8Array(secret));
    return Promise.resolve(bytes);
  }

  reveal(bytes: Uint8Array): Promise<Uint8Array> {
    this.reveals += 1;
    const secret = this.#kept.get(Buffer.from(bytes).toString('hex'));
    if (secret === undefined) return Promise.reject(new Error('rejected-ciphertext'));
    return Promise.resolve(new Uint8Array(secret));
  }
}

/** A process, as an exchange sees it: with clocks of its own. */
export class TestProcess {
  readonly seat: DataKeySeat;
  /** Of a machine that is up for some time. */
  steadyMs = Math.floor(Math.random() * 1e9);
  wallMs: number;
  /** Data keys that it made. */
  readonly made: string[] = [];
  grant: DataKeyGrant | undefined;
  /** What it throws when it is to make one. */
  failure: Error | undefined;
  isNearlyUsedUp = true;
  isIncomplete = false;

  constructor(
    store: Store,
    vault: TestVault,
    wallMs: number,
    limits: Partial<DataKeyLimits> = {},
    patience: string | number = '5s',
    secret?: Uint8Array,
  ) {
    this.wallMs = wallMs;
    const member: DataKeyMember = {
      keyIds: ['orders'],
      wrapPolicy: 'all',
      limits: { ...LIMITS, ...limits },
      keyServiceMs: 6_000,
      vault,
    };
    const clocks = { steady: () => this.steadyMs, wall: () => this.wallMs };
    this.seat = new SharedDataKeys({ store, patience, secret }, clocks).join(member);
  }

  /** Lets time pass by both clocks. */
  pass(ms: number): void {
    this.steadyMs += ms;
    this.wallMs += ms;
  }

  async take(bytes = 0): Promise<DataKeyGrant> {
    const holds: HeldDataKey | undefined = this.grant && {
      key: this.grant.key,
      isNearlyUsedUp: this.isNearlyUsedUp,
      isIncomplete: this.isIncomplete,
    };
    this.grant = await this.seat.take({
      bytes,
      holds,
      make: () => {
        if (this.failure !== undefined) return Promise.reject(this.failure);
        const key = new Uint8Array(randomBytes(100));
        this.made.push(nameOf(key));
        return Promise.resolve(key);
      },
      signal: new AbortController().signal,
    });
    return this.grant;
  }
}

/** A short name of a key. */
export function nameOf(key: Uint8Array): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 8);
}
