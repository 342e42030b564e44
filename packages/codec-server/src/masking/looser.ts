import type { Outcome } from './outcome';
import { strictness } from './strictness';

/** What two policies of one person leave of a value: the greater of both, never a union of characters. */
export function looser(one: Outcome, other: Outcome): Outcome {
  if ('count' in one && 'count' in other) return one.count >= other.count ? one : other;
  return strictness(one) <= strictness(other) ? one : other;
}
