import type { BreakerState, DataKeyState, KeyId, KeyringKey } from '@waxseal/core';
import { quietly } from './attributes';

/** What gauges are read from: the breakers, and the codecs that encrypt. */
export class ObservedState {
  readonly #breakers = new Map<KeyId, BreakerState>();
  readonly #codecs = new Set<() => readonly DataKeyState[]>();
  readonly #keyrings = new Set<() => readonly KeyringKey[]>();

  /** State of the breaker of the store; `undefined` where none is asked. */
  storeBreaker: BreakerState | undefined;

  /** State of the breaker of each key that was asked or has told of one. */
  get breakers(): ReadonlyMap<KeyId, BreakerState> {
    return this.#breakers;
  }

  /** The data keys that encrypt now, by the key that wrapped them. A codec that throws is left out. */
  get dataKeys(): ReadonlyMap<KeyId, DataKeyState> {
    return mergeDataKeys([...this.#codecs].flatMap((states) => quietly(states) ?? []));
  }

  /**
   * The keys that codecs are configured with, each in each role, and by how many of their keyrings. A codec
   * that throws is left out.
   */
  get keyringKeys(): readonly CountedKey[] {
    const counted = new Map<string, CountedKey>();
    for (const { keyId, role } of [...this.#keyrings].flatMap((keys) => quietly(keys) ?? [])) {
      const name = `${role} ${keyId}`;
      counted.set(name, { keyId, role, count: (counted.get(name)?.count ?? 0) + 1 });
    }
    return [...counted.values()];
  }

  /** A key is asked: its breaker is closed, unless it has told otherwise. */
  asked(keyId: KeyId): void {
    if (!this.#breakers.has(keyId)) this.#breakers.set(keyId, 'closed');
  }

  breakerChanged(keyId: KeyId, state: BreakerState): void {
    this.#breakers.set(keyId, state);
  }

  /** @returns ends the observation of this codec, and of no other */
  add(states: () => readonly DataKeyState[]): () => void {
    return addOwn(this.#codecs, states);
  }

  /** @returns ends the observation of this codec, and of no other */
  addKeys(keys: () => readonly KeyringKey[]): () => void {
    return addOwn(this.#keyrings, keys);
  }
}

/** A key of keyrings, and how many of them have it in that role. */
interface CountedKey extends KeyringKey {
  readonly count: number;
}

/** @returns takes it out again, also where the same function was added twice */
function addOwn<T>(all: Set<() => T>, ask: () => T): () => void {
  const own = (): T => ask();
  all.add(own);
  return () => {
    all.delete(own);
  };
}

/**
 * One state for each key ID: where several data keys are wrapped by one key, in several codecs or keyrings,
 * the highest age, messages and bytes, which are nearest to their limits.
 */
function mergeDataKeys(states: Iterable<DataKeyState>): ReadonlyMap<KeyId, DataKeyState> {
  const merged = new Map<KeyId, DataKeyState>();
  for (const state of states) {
    const other = merged.get(state.keyId) ?? state;
    merged.set(state.keyId, {
      keyId: state.keyId,
      ageMs: Math.max(state.ageMs, other.ageMs),
      messages: Math.max(state.messages, other.messages),
      bytes: Math.max(state.bytes, other.bytes),
    });
  }
  return merged;
}
