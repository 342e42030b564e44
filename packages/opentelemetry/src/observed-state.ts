import type { BreakerState, DataKeyState, KeyId } from '@waxseal/core';
import { quietly } from './attributes';

/** What gauges are read from: the breakers, and the codecs that encrypt. */
export class ObservedState {
  readonly #breakers = new Map<KeyId, BreakerState>();
  readonly #codecs = new Set<() => readonly DataKeyState[]>();

  /** State of the breaker of each key that was asked or has told of one. */
  get breakers(): ReadonlyMap<KeyId, BreakerState> {
    return this.#breakers;
  }

  /** The data keys that encrypt now, by the key that wrapped them. A codec that throws is left out. */
  get dataKeys(): ReadonlyMap<KeyId, DataKeyState> {
    return mergeDataKeys([...this.#codecs].flatMap((states) => quietly(states) ?? []));
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
    const own = (): readonly DataKeyState[] => states();
    this.#codecs.add(own);
    return () => {
      this.#codecs.delete(own);
    };
  }
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
