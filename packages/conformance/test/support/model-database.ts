import { setImmediate, setTimeout as sleep } from 'node:timers/promises';

import { StoreError } from '@waxseal/store';

import type { StoreSubject } from '../../src';
import type { ModelStore } from './model-store';

/** A record of the model database. */
export interface KeptRecord {
  readonly scope: Uint8Array;
  bytes: Uint8Array;
  putDuring: number;
  markedBy: number | undefined;
}

/** A key of the model database. */
export interface KeptKey {
  bytes: Uint8Array | undefined;
  readonly createdAtMs: number;
  removedAtMs: number | undefined;
}

/** A shared key of the model database. */
export interface KeptSharedKey {
  readonly ring: string;
  readonly sequence: number;
  claimant: string;
  readonly record: Uint8Array | undefined;
  readonly madeAtMs: number;
  ageMs: number;
  taken: { readonly messages: number; readonly bytes: number };
}

/** A database in memory, with faults. */
export class ModelDatabase {
  readonly records = new Map<string, KeptRecord>();
  readonly keys = new Map<string, KeptKey>();
  readonly sharedKeys: KeptSharedKey[] = [];
  collection = 0;
  hasTables = true;
  isThere = true;
  isFull = false;
  hasQuorum = true;
  delayMs = 0;

  /** Waits as long as an answer takes. */
  async answer(totalMs: number, signal: AbortSignal | undefined): Promise<void> {
    await setImmediate();
    if (!this.isThere) throw new StoreError('unavailable');
    if (this.delayMs > 0) await sleep(Math.min(this.delayMs, totalMs), undefined, { signal, ref: false });
    if (this.delayMs > totalMs) throw new StoreError('timeout');
  }

  /** Does something at once. */
  run<T>(what: 'read' | 'write', work: () => T): T {
    const result = work();
    if (!this.hasTables) throw new StoreError('schema');
    if (what === 'write' && this.isFull) throw new StoreError('full');
    if (what === 'write' && !this.hasQuorum) throw new StoreError('not-durable');
    return result;
  }

  /** Records after a token, in order. */
  inOrder(after: string | undefined): [string, KeptRecord][] {
    return [...this.records]
      .filter(([token]) => after === undefined || token > after)
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

/** @param Made the store: `ModelStore`, or one that breaks a rule */
export function modelStoreSubject(Made: typeof ModelStore): StoreSubject {
  return {
    name: 'ModelStore',
    open: () => {
      const database = new ModelDatabase();
      const empty = new ModelDatabase();
      empty.hasTables = false;
      let isReader = false;
      const usual = { attemptMs: 2_000, totalMs: 4_000 };
      return {
        secrets: ['model-store-password'],
        store: (deadlines = usual) => new Made(database, deadlines, isReader),
        emptyStore: () => new Made(empty, usual, false),
        disconnect: () => {
          database.isThere = false;
        },
        reconnect: () => {
          database.isThere = true;
        },
        delay: (ms) => {
          database.delayMs = ms;
        },
        cut: () => undefined,
        failover: () => undefined,
        loseQuorum: () => {
          database.hasQuorum = false;
        },
        fill: () => {
          database.isFull = true;
        },
        denyWrites: () => {
          isReader = true;
        },
        close: () => undefined,
      };
    },
  };
}
