import { ConfigurationError } from '@waxseal/core';
import { asTexts } from '../options/as-texts';
import type { Operation } from '../routing/operation';
import type { Grant } from './grant';

const OPERATIONS = ['decode', 'encode', 'download'] as const satisfies readonly Operation[];

/** @throws ConfigurationError unless namespaces and operations are named */
export function resolveGrant(given: Readonly<Record<string, unknown>>, field: string): Grant {
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
  return { namespaces, operations };
}
