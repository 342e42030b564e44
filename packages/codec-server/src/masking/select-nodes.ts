import { isPauseDue } from '@waxseal/core/internal';
import { jsonpath } from 'json-p3';
import { Unmaskable } from './hidden-payload';
import { memberOf, type JsonNode } from './json-document';
import { environment, type PathSegment } from './json-path';
import type { MaskingBudget, Steps } from './steps';

const { FilterSelector, IndexSelector, NameSelector, SliceSelector, WildcardSelector } = jsonpath.selectors;

/**
 * What one costly filter may look at in one value: the library does not let others have the event loop
 * meanwhile.
 */
const MAX_FILTERED_VALUES = 5_000;
const MAX_FILTERED_CHARACTERS = 256 * 1024;
const CHARACTERS_A_STEP = 256;

/**
 * Values that a path selects (RFC 9535), in no order; one may be there several times. The library parses
 * paths and evaluates filters; its own search of a document would hold the event loop to the end.
 *
 * @param budget each value that is looked at is taken off
 * @throws Unmaskable when the budget is spent, and when a filter would look at too much in one value
 */
export function* selectNodes(
  root: JsonNode,
  path: readonly PathSegment[],
  budget: MaskingBudget,
): Steps<readonly JsonNode[]> {
  let nodes: JsonNode[] = [root];
  for (const segment of path) {
    const found: JsonNode[] = [];
    for (const node of nodes) {
      if (segment.descends) yield* descend(root, node, segment, budget, found);
      else yield* selectMembers(root, node, segment, budget, found);
    }
    nodes = found;
  }
  return nodes;
}

function* descend(
  root: JsonNode,
  top: JsonNode,
  segment: PathSegment,
  budget: MaskingBudget,
  found: JsonNode[],
): Steps<void> {
  const open = [top];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    yield* selectMembers(root, node, segment, budget, found);
    budget.spend(node.members.length);
    // A value without members has nothing to select.
    for (const member of node.members) if (member.node.members.length > 0) open.push(member.node);
  }
}

function* selectMembers(
  root: JsonNode,
  node: JsonNode,
  { selectors, costly }: PathSegment,
  budget: MaskingBudget,
  found: JsonNode[],
): Steps<void> {
  for (const selector of selectors) {
    budget.spend(1);
    if (isPauseDue()) yield;
    if (selector instanceof NameSelector) {
      const member = memberOf(node, selector.name);
      if (member !== undefined) found.push(member);
    } else if (selector instanceof IndexSelector) {
      const { length } = node.members;
      const member = node.members[selector.index < 0 ? selector.index + length : selector.index];
      if (node.type === 'array' && member !== undefined) found.push(member.node);
    } else if (selector instanceof WildcardSelector) {
      budget.spend(node.members.length);
      for (const member of node.members) found.push(member.node);
    } else if (selector instanceof SliceSelector) {
      if (node.type !== 'array') continue;
      for (const index of indexesOf(selector, node.members.length)) {
        budget.spend(1);
        const member = node.members[index];
        if (member !== undefined) found.push(member.node);
      }
    } else if (selector instanceof FilterSelector) {
      yield* filterMembers(root, node, selector, costly.has(selector), budget, found);
    } else {
      throw new Unmaskable('failed');
    }
  }
}

function* filterMembers(
  root: JsonNode,
  { members }: JsonNode,
  { expression }: InstanceType<typeof FilterSelector>,
  isCostly: boolean,
  budget: MaskingBudget,
  found: JsonNode[],
): Steps<void> {
  for (const { node } of members) {
    const steps = isCostly ? stepsToFilter(node) : 1;
    budget.spend(steps);
    if (isPauseDue(steps)) yield;
    const context = { environment, currentValue: node.value, rootValue: root.value };
    if (expression.evaluate(context)) found.push(node);
  }
}

function stepsToFilter({ start, end, size }: JsonNode): number {
  if (size > MAX_FILTERED_VALUES || end - start > MAX_FILTERED_CHARACTERS) throw new Unmaskable('too-large');
  return size + Math.floor((end - start) / CHARACTERS_A_STEP);
}

/** RFC 9535 §2.3.4.2.2. */
function* indexesOf(
  { start, stop, step = 1 }: InstanceType<typeof SliceSelector>,
  length: number,
): Generator<number> {
  if (step === 0) return;
  const [least, most] = step > 0 ? [0, length] : [-1, length - 1];
  const bounded = (index: number | undefined, otherwise: number): number =>
    index === undefined ? otherwise : Math.min(Math.max(index < 0 ? index + length : index, least), most);
  const from = bounded(start, step > 0 ? least : most);
  const to = bounded(stop, step > 0 ? most : least);
  for (let index = from; step > 0 ? index < to : index > to; index += step) yield index;
}
