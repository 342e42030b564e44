import { identify, isOfSubject } from '../scan/payload-format';
import type { PayloadKind, PayloadMessage } from '../scan/walk';
import { keyAndVersion } from '../keys/key-version';

/** Which payloads are to be sealed again. */
export interface Choice {
  /** Only those that this key opens, by its ID with or without version; `undefined` for all. */
  readonly from: string | undefined;
  /** Whether what is in clear is sealed too. */
  readonly plaintext: boolean;
}

/**
 * What becomes of a payload:
 *
 * - `reseal`: it is sealed anew
 * - `current`: it is sealed as the configuration seals today
 * - `passed over`: it is not asked for, or no codec sees it
 * - `foreign`: it is encrypted in a way that is not Waxseal's, or cannot be read
 */
export type Fate = 'reseal' | 'current' | 'passed over' | 'foreign';

/** What becomes of a payload, and the keys that it names. */
export interface Chosen {
  readonly fate: Fate;
  readonly names: readonly string[];
}

/**
 * Decides on a payload by what is in clear.
 *
 * @param current key IDs that payloads are sealed under today
 */
export function choose(
  payload: PayloadMessage,
  kind: PayloadKind,
  { from, plaintext }: Choice,
  current: readonly string[],
): Chosen {
  const { format, names, packedIn } = identify(payload);
  // Headers are in clear unless an application seals them, and what others do with theirs is not ours.
  if (kind === 'header' && format !== 'waxseal') return { fate: 'passed over', names };
  if (format === 'plaintext') {
    const isAskedFor = plaintext && from === undefined;
    // What is compressed already would be compressed again.
    return { fate: !isAskedFor ? 'passed over' : packedIn === undefined ? 'reseal' : 'foreign', names: [] };
  }
  if (format === 'redacted' || format === 'elsewhere') return { fate: 'passed over', names: [] };
  if (from !== undefined && !names.some((name) => isNamed(name, from))) return { fate: 'passed over', names };
  if (format !== 'waxseal' || packedIn !== undefined) return { fate: 'foreign', names };
  // The key of a subject has no successor.
  const isCurrent = names.every(isOfSubject) || isSameKeys(names, current);
  return { fate: isCurrent ? 'current' : 'reseal', names };
}

/** Whether a key ID of a payload is of the key that somebody names, with or without a version. */
export function isNamed(keyId: string, key: string): boolean {
  return keyId === key || keyAndVersion(keyId).key === key;
}

/** Whether two lists name the same keys, in whatever order. */
export function isSameKeys(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}
