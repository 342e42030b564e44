import { isPauseDue } from '@waxseal/core/internal';
import type { JsonNode } from './json-document';
import type { Steps } from './steps';

/** What becomes of a selected value. */
export type Outcome =
  | { readonly kind: 'remove' | 'nothing' | 'type' | 'all' }
  | { readonly kind: 'first' | 'last'; readonly count: number };

/** What becomes of the values of a document that are not shown as they are. */
export type Outcomes = ReadonlyMap<JsonNode, Outcome>;

const ORDER: Readonly<Record<Outcome['kind'], number>> = {
  all: -1,
  first: 0,
  last: 0,
  type: 1,
  nothing: 2,
  remove: 3,
};

/** Rank of an outcome: the greater, the less is seen. */
export function rank({ kind }: Outcome): number {
  return ORDER[kind];
}

/**
 * What two rules of one policy leave of a value: the lesser of both. First and last characters together are
 * nothing.
 */
export function lessVisible(one: Outcome, other: Outcome): Outcome {
  if ('count' in one && 'count' in other) {
    if (one.kind !== other.kind) return { kind: 'nothing' };
    return one.count <= other.count ? one : other;
  }
  return rank(one) >= rank(other) ? one : other;
}

/** What two policies of one person leave of a value: the greater of both, never a union of characters. */
function moreVisible(one: Outcome, other: Outcome): Outcome {
  if ('count' in one && 'count' in other) return one.count >= other.count ? one : other;
  return rank(one) <= rank(other) ? one : other;
}

/**
 * What a principal with several policies sees: of each value, what one of them allows. A policy that hides a
 * value hides what is in it.
 *
 * @param policies outcomes of each policy, at least one
 * @returns outcomes of values none of which lies in another
 */
export function* unionOfOutcomes(root: JsonNode, policies: readonly Outcomes[]): Steps<Outcomes> {
  const united = new Map<JsonNode, Outcome>();
  yield* unite(root, policies, united);
  return united;
}

function* unite(node: JsonNode, seeing: readonly Outcomes[], united: Map<JsonNode, Outcome>): Steps<void> {
  if (isPauseDue()) yield;
  const open = seeing.filter((outcomes) => !outcomes.has(node));
  if (open.length > 0) {
    for (const member of node.members) yield* unite(member.node, open, united);
    return;
  }
  const found = seeing.flatMap((outcomes) => outcomes.get(node) ?? []);
  united.set(node, found.reduce(moreVisible));
}

/**
 * Adds that everything goes which no rule selects.
 *
 * @param selected what rules make of the values they select
 * @returns outcomes other than `all`; a value without one is shown, as far as what is in it is
 */
export function* removeOthers(root: JsonNode, selected: Outcomes): Steps<Outcomes> {
  const outcomes = new Map<JsonNode, Outcome>();
  yield* keepSelected(root, false, selected, outcomes);
  return outcomes;
}

/**
 * @param isShown whether a rule selects what the value is in
 * @param outcomes gets what becomes of the value and what is in it
 * @returns whether something of the value is left
 */
function* keepSelected(
  node: JsonNode,
  isShown: boolean,
  selected: Outcomes,
  outcomes: Map<JsonNode, Outcome>,
): Steps<boolean> {
  if (isPauseDue()) yield;
  const own = selected.get(node);
  if (own !== undefined && own.kind !== 'all') {
    outcomes.set(node, own);
    return own.kind !== 'remove';
  }
  const shows = isShown || own !== undefined;
  let isLeft = shows;
  for (const member of node.members) {
    isLeft = (yield* keepSelected(member.node, shows, selected, outcomes)) || isLeft;
  }
  if (!isLeft) outcomes.set(node, { kind: 'remove' });
  return isLeft;
}
