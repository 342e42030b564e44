const ACTIVE = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text from a payload as a quoted string that cannot steer a terminal: control and direction characters are escaped. */
export function printable(text: string): string {
  return JSON.stringify(text).replace(ACTIVE, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
