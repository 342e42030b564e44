import type { JsonNode } from './json-node';
import type { Outcome } from './outcome';

/**
 * Adds that everything goes which no rule selects.
 *
 * @param selected what rules make of the values they select
 * @returns outcomes other than `all`; a value without one is shown, as far as what is in it is
 */
export function removeOthers(
  root: JsonNode,
  selected: ReadonlyMap<JsonNode, Outcome>,
): ReadonlyMap<JsonNode, Outcome> {
  const outcomes = new Map<JsonNode, Outcome>();
  /** @returns whether something of the value is left */
  const visit = (node: JsonNode, isShown: boolean): boolean => {
    const own = selected.get(node);
    if (own !== undefined && own.kind !== 'all') {
      outcomes.set(node, own);
      return own.kind !== 'remove';
    }
    const shows = isShown || own !== undefined;
    let isLeft = shows;
    for (const member of node.members) isLeft = visit(member.node, shows) || isLeft;
    if (!isLeft) outcomes.set(node, { kind: 'remove' });
    return isLeft;
  };
  visit(root, false);
  return outcomes;
}
