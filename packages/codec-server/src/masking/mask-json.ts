import type { CompiledMask } from './compiled-mask';
import type { JsonDocument } from './json-document';
import { protoJsonName } from './proto-json-name';
import { readJson } from './read-json';
import { replaceValues } from './replace-values';
import { selectOutcomes, type MaskableEncoding } from './select-outcomes';
import { uniteOutcomes } from './unite-outcomes';
import { Unmaskable } from './unmaskable';
import type { WorkBudget } from './work-budget';

/**
 * Masks a JSON text.
 *
 * @param masks policies of one person, at least one
 * @param budget what is spent here is taken off
 * @throws Unmaskable
 */
export function maskJson(
  text: string,
  encoding: MaskableEncoding,
  masks: readonly CompiledMask[],
  budget: WorkBudget,
): string {
  const document = readJson(text, encoding === 'json/protobuf' ? protoJsonName : (name) => name, budget);
  const outcomes = selectForEach(document, encoding, masks, budget);
  return replaceValues(document, uniteOutcomes(document.root, outcomes));
}

/** A policy that cannot be applied shows nothing, and takes nothing away from what others show. */
function selectForEach(
  document: JsonDocument,
  encoding: MaskableEncoding,
  masks: readonly CompiledMask[],
  budget: WorkBudget,
): ReturnType<typeof selectOutcomes>[] {
  const selected: ReturnType<typeof selectOutcomes>[] = [];
  let refused = new Unmaskable('failed');
  for (const mask of masks) {
    try {
      selected.push(selectOutcomes(document, encoding, mask, budget));
    } catch (error) {
      if (!(error instanceof Unmaskable)) throw error;
      refused = error;
    }
  }
  if (selected.length === 0) throw refused;
  return selected;
}
