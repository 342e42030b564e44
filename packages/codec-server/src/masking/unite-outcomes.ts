import type { JsonNode } from './json-node';
import { looser } from './looser';
import type { Outcome } from './outcome';

/**
 * What somebody with several policies sees: of each value, what one of them allows. A policy that hides a value hides what is
 * in it.
 *
 * @param policies outcomes of each policy, at least one
 * @returns outcomes of values none of which lies in another
 */
export function uniteOutcomes(
  root: JsonNode,
  policies: readonly ReadonlyMap<JsonNode, Outcome>[],
): ReadonlyMap<JsonNode, Outcome> {
  const united = new Map<JsonNode, Outcome>();
  const visit = (node: JsonNode, seeing: typeof policies) => {
    const open = seeing.filter((outcomes) => !outcomes.has(node));
    if (open.length > 0) {
      for (const member of node.members) visit(member.node, open);
      return;
    }
    const found = seeing.flatMap((outcomes) => outcomes.get(node) ?? []);
    united.set(node, found.reduce(looser));
  };
  visit(root, policies);
  return united;
}
