import { escapeUnprintable } from './escape-unprintable';

/** Longest text that a message quotes, in UTF-16 code units. */
const MAX_QUOTED = 256;

/**
 * A text in quotes, for messages. It may come from a payload: what a terminal would act on is escaped, and a long text is
 * cut.
 */
export function quote(text: string): string {
  return escapeUnprintable(JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text));
}
