import { escapeUnprintable } from '@waxseal/core/internal';

/** Text from a payload as a quoted string that cannot steer a terminal. */
export function printable(text: string): string {
  return escapeUnprintable(JSON.stringify(text));
}
