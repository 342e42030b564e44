import type { JsonDocument } from './json-document';
import type { JsonMember, JsonNode } from './json-node';
import { maskValue } from './mask-value';
import type { Outcome } from './outcome';
import { Unmaskable } from './unmaskable';

/**
 * The JSON text with values replaced or removed. All other characters stay as they are, white space and the form of numbers
 * included.
 *
 * @param outcomes of values none of which lies in another
 * @throws Unmaskable when the whole document is to be removed
 */
export function replaceValues(
  { text, root }: JsonDocument,
  outcomes: ReadonlyMap<JsonNode, Outcome>,
): string {
  const pieces: string[] = [];
  let copied = 0;
  const replace = (start: number, end: number, replacement: string) => {
    pieces.push(text.slice(copied, start), replacement);
    copied = end;
  };
  const visit = (node: JsonNode) => {
    const outcome = outcomes.get(node);
    if (outcome === undefined) visitMembers(node.members);
    else if (outcome.kind === 'remove') throw new Unmaskable('removed');
    else replace(node.start, node.end, maskValue(text, node, outcome));
  };
  const visitMembers = (members: readonly JsonMember[]) => {
    // A removed member takes the comma before it along, or the one after it as long as nothing was kept.
    let keptEnd: number | undefined;
    members.forEach(({ start, node }, index) => {
      if (outcomes.get(node)?.kind !== 'remove') {
        visit(node);
        keptEnd = node.end;
      } else if (keptEnd === undefined) replace(start, members[index + 1]?.start ?? node.end, '');
      else {
        replace(keptEnd, node.end, '');
        keptEnd = node.end;
      }
    });
  };
  visit(root);
  return pieces.join('') + text.slice(copied);
}
