import { ConfigurationError } from '@waxseal/core';
import { asTexts } from '../options/as-texts';
import type { Operation } from '../routing/operation';
import type { Grant } from './grant';
import type { PolicyNames } from './policy-names';
import { resolvePolicyName } from './resolve-policy-name';

const OPERATIONS = ['decode', 'encode', 'download'] as const satisfies readonly Operation[];

/**
 * @param policies names of the decode policies there are; undefined where there are none
 * @throws ConfigurationError unless namespaces, operations and the policy are named
 */
export function resolveGrant(
  given: Readonly<Record<string, unknown>>,
  field: string,
  policies: PolicyNames | undefined,
): Grant {
  const namespaces = asTexts(given['namespaces'], `${field}.namespaces`);
  const operations = asTexts(given['operations'], `${field}.operations`).map((name) => {
    const operation = OPERATIONS.find((known) => known === name);
    if (operation === undefined) {
      throw new ConfigurationError(
        `${field}.operations holds ${JSON.stringify(name)}; there are ${OPERATIONS.join(', ')}.`,
      );
    }
    return operation;
  });
  const policy = resolvePolicyName(given['policy'], `${field}.policy`, operations, policies);
  return { namespaces, operations, ...(policy === undefined ? {} : { policy }) };
}
