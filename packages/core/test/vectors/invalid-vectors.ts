import type { InvalidVector } from '@waxseal/test-support/vectors';

import { invalidVector } from './invalid-vector';
import { MALFORMED_CONTEXTS } from './malformed-contexts';
import { MALFORMED_ENVELOPES } from './malformed-envelopes';
import { MALFORMED_METADATA } from './malformed-metadata';
import { MALFORMED_WRAPPED_KEYS } from './malformed-wrapped-keys';
import { REJECTED_AFTER_ASKING } from './rejected-after-asking';
import { REJECTED_BEFORE_ASKING } from './rejected-before-asking';

/** All invalid vectors, by name: a number, and what is wrong. */
export function invalidVectors(): ReadonlyMap<string, InvalidVector> {
  const groups = [
    MALFORMED_METADATA,
    MALFORMED_ENVELOPES,
    MALFORMED_CONTEXTS,
    MALFORMED_WRAPPED_KEYS,
    REJECTED_BEFORE_ASKING,
    REJECTED_AFTER_ASKING,
  ];
  return new Map(
    groups.flatMap((cases, group) =>
      cases.map((definition, index) => {
        // Hundreds tell the group, so that a vector that is added leaves the other names alone.
        const name = `${String((group + 1) * 100 + index + 1)}-${definition.name}`;
        return [name, invalidVector({ ...definition, name })] as const;
      }),
    ),
  );
}
