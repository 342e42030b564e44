import { compilePath } from './json-path';
import type { MaskRule, MaskSettings } from './decode-policy';
import type { CompiledMask } from './mask-json';
import type { Outcome } from './outcome';

/**
 * Makes a decode policy ready to be applied.
 *
 * @param field where it stands, for messages: `policies.support`
 * @throws ConfigurationError that names the field of a path: `policies.support.mask[0].path`
 */
export function compilePolicy(
  policy: 'full' | 'denied' | MaskSettings,
  field: string,
): 'full' | 'denied' | CompiledMask {
  if (typeof policy === 'string') return policy;
  const { mask, others, failures } = policy;
  const rules = mask.map((rule, index) => ({
    path: compilePath(rule.path, `${field}.mask[${String(index)}].path`),
    outcome: outcomeOf(rule),
  }));
  return { rules, hidesOthers: others === 'hide', hidesFailures: failures === 'hide' };
}

function outcomeOf({ show = 'nothing', remove }: MaskRule): Outcome {
  if (remove === true) return { kind: 'remove' };
  if (typeof show === 'string') return { kind: show };
  return 'first' in show ? { kind: 'first', count: show.first } : { kind: 'last', count: show.last };
}
