import type { Attributes } from '@opentelemetry/api';
import type { KeyRequestInfo } from '@waxseal/core';

import { ATTRIBUTE } from './attribute';

/** What a request is told by, in metrics and spans alike. */
export function requestAttributes({ operation, provider, keyId }: KeyRequestInfo): Attributes {
  return {
    [ATTRIBUTE.operation]: operation,
    [ATTRIBUTE.provider]: provider,
    [ATTRIBUTE.keyId]: keyId,
  };
}
