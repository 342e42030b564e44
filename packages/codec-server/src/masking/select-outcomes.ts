import type { CompiledMask } from './compiled-mask';
import type { JsonDocument } from './json-document';
import type { JsonNode } from './json-node';
import type { Outcome } from './outcome';
import { removeOthers } from './remove-others';
import { stricter } from './stricter';
import { Unmaskable } from './unmaskable';
import type { WorkBudget } from './work-budget';

/** Encodings that can be masked. */
export type MaskableEncoding = 'json/plain' | 'json/protobuf';

/**
 * What the rules of one policy make of each value they select.
 *
 * @param budget what each rule looks at, and each selected value, is taken off
 * @throws Unmaskable when a filter would compare numbers that JavaScript cannot hold, and when too many values are selected
 */
export function selectOutcomes(
  document: JsonDocument,
  encoding: MaskableEncoding,
  { rules, hidesOthers, hidesFailures }: CompiledMask,
  budget: WorkBudget,
): ReadonlyMap<JsonNode, Outcome> {
  const outcomes = new Map<JsonNode, Outcome>();
  const add = (node: JsonNode, outcome: Outcome) => {
    const before = outcomes.get(node);
    outcomes.set(node, before === undefined ? outcome : stricter(before, outcome));
  };
  for (const { path, outcome } of rules) {
    budget.left -= path.descents > 1 ? document.depthSum : path.isWide ? document.valueCount : 1;
    if (budget.left < 0) throw new Unmaskable('too-large');
    if (path.hasFilters && !document.hasExactNumbers) throw new Unmaskable('ambiguous');
    const query = encoding === 'json/protobuf' ? path.proto : path.exact;
    for (const { location } of query.lazyQuery(document.root.value)) {
      if (--budget.left < 0) throw new Unmaskable('too-large');
      add(nodeAt(document.root, location), outcome);
    }
  }
  if (hidesFailures && memberOf(document.root, 'stack_trace')) {
    for (const name of ['message', 'stack_trace']) {
      const node = memberOf(document.root, name);
      if (node) add(node, { kind: 'nothing' });
    }
  }
  if (!hidesOthers) return outcomes;
  budget.left -= document.valueCount;
  if (budget.left < 0) throw new Unmaskable('too-large');
  return removeOthers(document.root, outcomes);
}

function nodeAt(root: JsonNode, location: readonly (string | number)[]): JsonNode {
  let node: JsonNode | undefined = root;
  for (const step of location) {
    node = typeof step === 'number' ? node.members[step]?.node : memberOf(node, step);
    if (node === undefined) throw new Unmaskable('failed');
  }
  return node;
}

function memberOf({ names, members }: JsonNode, name: string): JsonNode | undefined {
  const index = names?.get(name);
  return index === undefined ? undefined : members[index]?.node;
}
