import type { KeyServiceErrorReason } from '@waxseal/core';

/** How a key request ended: `ok`, the reason of a `KeyServiceError`, or `other` for what is none, such as a closed codec. */
export type Outcome = 'ok' | KeyServiceErrorReason | 'other';
