/** A way in which a text may be written down. */
export type NeedleForm =
  'utf-8' | 'utf-16le' | 'utf-16be' | 'base64' | 'base64url' | 'hex' | 'json' | 'json-ascii' | 'url' | 'form';

/** One form of a needle, as the bytes to search for. */
export interface NeedleBytes {
  readonly form: NeedleForm;
  readonly bytes: Buffer;
}

/**
 * Writes a text down in all the forms in which it may lie in a file: UTF-8, UTF-16, base64 and base64url at
 * each of the three alignments that it can have within a longer text, hexadecimal, and escaped as in JSON and
 * in URLs. Forms that come to the same bytes are given once.
 *
 * @param needle - a text of at least four characters, so that chance does not match it
 * @throws RangeError when the needle is too short
 */
export function needleForms(needle: string): NeedleBytes[] {
  if (needle.length < 4) {
    throw new RangeError('A needle has at least 4 characters; a shorter one is found by chance.');
  }
  const utf8 = Buffer.from(needle, 'utf8');
  const utf16 = Buffer.from(needle, 'utf16le');
  const jsonText = JSON.stringify(needle).slice(1, -1);
  const jsonAscii = jsonText.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const url = encodeURIComponent(needle);
  const base64 = [0, 1, 2].map((alignment) => base64At(utf8, alignment));
  const forms: NeedleBytes[] = [
    { form: 'utf-8', bytes: utf8 },
    { form: 'utf-16le', bytes: utf16 },
    { form: 'utf-16be', bytes: Buffer.from(utf16).swap16() },
    ...base64.map((text): NeedleBytes => ({ form: 'base64', bytes: Buffer.from(text) })),
    ...base64.map((text): NeedleBytes => ({
      form: 'base64url',
      bytes: Buffer.from(text.replaceAll('+', '-').replaceAll('/', '_')),
    })),
    { form: 'hex', bytes: Buffer.from(utf8.toString('hex')) },
    { form: 'hex', bytes: Buffer.from(utf8.toString('hex').toUpperCase()) },
    { form: 'json', bytes: Buffer.from(jsonText) },
    { form: 'json-ascii', bytes: Buffer.from(jsonAscii) },
    { form: 'url', bytes: Buffer.from(url) },
    { form: 'form', bytes: Buffer.from(url.replaceAll('%20', '+')) },
  ];
  return forms.filter(({ bytes }, index) => forms.findIndex((form) => form.bytes.equals(bytes)) === index);
}

/**
 * The characters of a base64 text that depend on nothing but the needle, when `alignment` bytes stand before
 * it.
 */
function base64At(bytes: Buffer, alignment: number): string {
  const text = Buffer.concat([Buffer.alloc(alignment), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  const before = [0, 2, 3][alignment] ?? 0;
  const lastIsShared = (alignment + bytes.length) % 3 !== 0;
  return text.slice(before, lastIsShared ? -1 : undefined);
}
