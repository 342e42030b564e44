/** Longest text that a message quotes, in UTF-16 code units. */
const MAX_QUOTED = 256;

/**
 * A text in quotes, for messages. It may come from a payload: what a terminal would act on is escaped, and a
 * long text is cut.
 */
export function quote(text: string): string {
  return escapeUnprintable(JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text));
}

// Controls, invisible characters and changes of direction: what a terminal or a page would act on.
const UNPRINTABLE = /[\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/**
 * JSON text whose strings cannot steer a terminal: what `JSON.stringify` leaves of control, invisible and
 * direction characters is escaped. It is the same JSON.
 */
export function escapeUnprintable(json: string): string {
  return json.replace(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
