import type { Outcome } from './outcome';
import { strictness } from './strictness';

/** What two rules of one policy leave of a value: the lesser of both. First and last characters together are nothing. */
export function stricter(one: Outcome, other: Outcome): Outcome {
  if ('count' in one && 'count' in other) {
    if (one.kind !== other.kind) return { kind: 'nothing' };
    return one.count <= other.count ? one : other;
  }
  return strictness(one) >= strictness(other) ? one : other;
}
