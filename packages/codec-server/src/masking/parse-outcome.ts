import { ConfigurationError } from '@waxseal/core';
import { isObject } from '../protojson/is-object';
import type { Outcome } from './outcome';

const MAX_COUNT = 64;

/**
 * Checks `show` and `remove` of a rule.
 *
 * @throws ConfigurationError that names the field below `field`
 */
export function parseOutcome(rule: Readonly<Record<string, unknown>>, field: string): Outcome {
  const { show, remove } = rule;
  if (remove !== undefined) {
    if (remove !== true) throw new ConfigurationError(`${field}.remove must be true, or left out.`);
    if (show !== undefined)
      throw new ConfigurationError(`${field}.show and ${field}.remove exclude each other.`);
    return { kind: 'remove' };
  }
  if (show === undefined || show === 'nothing') return { kind: 'nothing' };
  if (show === 'type') return { kind: 'type' };
  const [kind, ...others] = isObject(show) ? Object.keys(show) : [];
  if (!isObject(show) || (kind !== 'first' && kind !== 'last') || others.length > 0) {
    throw new ConfigurationError(
      `${field}.show must be "nothing", "type", { first: n } or { last: n }, and no combination.`,
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
