import { ConfigurationError } from '@waxseal/core';
import { isObject } from '../protojson/is-object';
import type { Outcome } from './outcome';

const MAX_COUNT = 64;

/**
 * Checks `show` and `remove` of a rule.
 *
 * @param hidesOthers whether the policy hides what no rule selects
 * @throws ConfigurationError that names the field below `field`
 */
export function parseOutcome(
  rule: Readonly<Record<string, unknown>>,
  field: string,
  hidesOthers: boolean,
): Outcome {
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
