import { KeyServiceError } from '@waxseal/core';

import { printable } from '../output/printable';

/** Why a key service did not do something, in one line: the reason, and what the service said. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof KeyServiceError)) return error instanceof Error ? error.name : typeof error;
  const said = error.cause instanceof Error ? `, ${printable(error.cause.message).slice(0, 300)}` : '';
  return `${error.reason}${said}`;
}
