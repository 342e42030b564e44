import { escapeUnprintable } from '@waxseal/core/internal';

/** Text from a payload as a quoted string that cannot steer a terminal. */
export function printable(text: string): string {
  return escapeUnprintable(JSON.stringify(text));
}

// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f]/g;

/** Text of another as it is, but for what would steer a terminal: that is escaped. */
export function plain(text: string): string {
  return escapeUnprintable(text.replace(CONTROL, (character) => JSON.stringify(character).slice(1, -1)));
}
