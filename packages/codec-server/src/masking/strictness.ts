import type { Outcome } from './outcome';

const ORDER: Readonly<Record<Outcome['kind'], number>> = {
  all: -1,
  first: 0,
  last: 0,
  type: 1,
  nothing: 2,
  remove: 3,
};

/** Rank of an outcome: the greater, the less is seen. */
export function strictness({ kind }: Outcome): number {
  return ORDER[kind];
}
