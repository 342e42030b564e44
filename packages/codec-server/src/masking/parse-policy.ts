import { ConfigurationError } from '@waxseal/core';
import { assertKnownOptions } from '@waxseal/core/provider';
import { isObject } from '../fields';
import { compilePath } from './json-path';
import type { CompiledMask } from './mask-json';
import { strictness, type Outcome } from './outcome';

const MAX_RULES = 100;
const MAX_COUNT = 64;
const SHOWS_SOMETHING = strictness({ kind: 'type' });
const POLICY_OPTIONS: ReadonlySet<string> = new Set(['mask', 'others', 'failures']);
const RULE_OPTIONS: ReadonlySet<string> = new Set(['path', 'show', 'remove']);

/**
 * Checks a decode policy, which may come from a file.
 *
 * @param field where it stands, for messages: `policies.support`
 * @throws ConfigurationError that names the field: `policies.support.mask[0].path`
 */
export function parseDecodePolicy(policy: unknown, field: string): 'full' | 'denied' | CompiledMask {
  if (policy === 'full' || policy === 'denied') return policy;
  if (!isObject(policy)) {
    throw new ConfigurationError(`${field} must be "full", "denied" or { mask: [...] }.`);
  }
  assertKnownOptions(policy, POLICY_OPTIONS, (name) => `${field}.${name}`);
  const { mask, others = 'show', failures = 'hide' } = policy;
  if (!Array.isArray(mask) || mask.length === 0 || mask.length > MAX_RULES) {
    throw new ConfigurationError(
      `${field}.mask must be a list of 1 to ${String(MAX_RULES)} rules. To mask nothing, write "full" for the policy.`,
    );
  }
  if (failures !== 'hide' && failures !== 'show') {
    throw new ConfigurationError(`${field}.failures must be "hide" or "show".`);
  }
  if (others !== 'hide' && others !== 'show') {
    throw new ConfigurationError(`${field}.others must be "hide" or "show".`);
  }
  const hidesOthers = others === 'hide';
  const rules = Array.from(mask, (rule, index) =>
    parseRule(rule, `${field}.mask[${String(index)}]`, hidesOthers),
  );
  if (hidesOthers && !rules.some(({ outcome }) => strictness(outcome) <= SHOWS_SOMETHING)) {
    throw new ConfigurationError(
      `${field} shows nothing: others is "hide", and no rule shows a part. Write "denied" for the policy, or give a rule show: "all".`,
    );
  }
  return { rules, hidesOthers, hidesFailures: failures === 'hide' };
}

function parseRule(rule: unknown, field: string, hidesOthers: boolean): CompiledMask['rules'][number] {
  if (!isObject(rule)) {
    throw new ConfigurationError(
      `${field} must be a rule such as { path: "$.card.number", show: { last: 4 } }.`,
    );
  }
  assertKnownOptions(rule, RULE_OPTIONS, (name) => `${field}.${name}`);
  return {
    path: compilePath(rule['path'], `${field}.path`),
    outcome: parseOutcome(rule, field, hidesOthers),
  };
}

/**
 * Checks `show` and `remove` of a rule.
 *
 * @param hidesOthers whether the policy hides what no rule selects
 * @throws ConfigurationError that names the field below `field`
 */
function parseOutcome(rule: Readonly<Record<string, unknown>>, field: string, hidesOthers: boolean): Outcome {
  const { show, remove } = rule;
  if (remove !== undefined) {
    if (remove !== true) throw new ConfigurationError(`${field}.remove must be true, or left out.`);
    if (show !== undefined)
      throw new ConfigurationError(`${field}.show and ${field}.remove exclude each other.`);
    return { kind: 'remove' };
  }
  if (show === undefined || show === 'nothing') return { kind: 'nothing' };
  if (show === 'type') return { kind: 'type' };
  if (show === 'all') {
    if (hidesOthers) return { kind: 'all' };
    throw new ConfigurationError(
      `${field}.show is "all", which what no rule selects shows anyway. Leave the rule out, or write others: "hide" for the policy.`,
    );
  }
  const [kind, ...others] = isObject(show) ? Object.keys(show) : [];
  if (!isObject(show) || (kind !== 'first' && kind !== 'last') || others.length > 0) {
    throw new ConfigurationError(
      `${field}.show must be "nothing", "type", "all", { first: n } or { last: n }, and no combination.`,
    );
  }
  const count = show[kind];
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > MAX_COUNT) {
    throw new ConfigurationError(
      `${field}.show.${kind} must be a whole number from 1 to ${String(MAX_COUNT)}.`,
    );
  }
  return { kind, count };
}
