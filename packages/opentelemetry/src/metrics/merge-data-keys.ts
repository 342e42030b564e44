import type { DataKeyState, KeyId } from '@waxseal/core';

/**
 * One state for each key ID: where several data keys are wrapped by one key, in several codecs or keyrings, the highest age,
 * messages and bytes, which are nearest to their limits.
 */
export function mergeDataKeys(states: Iterable<DataKeyState>): ReadonlyMap<KeyId, DataKeyState> {
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
