import { msToNumber } from '@temporalio/common/lib/time';
import { ConfigurationError, isLoopback, type Duration } from '@waxseal/core/provider';
import { z } from 'zod';

/**
 * Options with known names only: a misspelt security option must not pass for an absent one.
 *
 * The fields are those of a class, since the compiler keeps the comments of a class in its declarations, and
 * an editor shows them; those of an object literal it drops.
 *
 * @param message what is said of a value that is no object
 */
export function options<T extends z.core.$ZodLooseShape>(
  fields: T,
  message = 'must be an object.',
): z.ZodObject<Fields<T>, z.core.$strict> {
  const schema: unknown = z.strictObject(fields, {
    error: ({ code }) =>
      code === 'unrecognized_keys'
        ? `is not an option; there are ${Object.keys(fields).join(', ')}.`
        : message,
  });
  // By the name of the class: zod's own type copies the fields, and then the compiler drops their comments.
  return schema as z.ZodObject<Fields<T>, z.core.$strict>;
}

/** The fields of a class, as zod takes them. */
export type Fields<T> = { [Name in keyof T]: T[Name] };

/** The fields of two classes together. */
export function both<A extends object, B extends object>(one: A, other: B): A & B {
  return { ...one, ...other };
}

/** A read-only array. */
export function list<T extends z.ZodType>(entry: T, message = 'must be an array.') {
  return z.array(entry, message).readonly();
}

/** An array of one or more entries. */
export function nonEmptyList<T extends z.ZodType>(entry: T, message = 'must not be empty.') {
  return z.array(entry, 'must be an array.').min(1, message).readonly();
}

const TEXT = 'must be a text of 1 to 1,000 characters without control characters.';
// eslint-disable-next-line no-control-regex
const NO_CONTROL = /^[^\u0000-\u001f\u007f-\u009f]*$/;

/**
 * A text of 1 to 1,000 characters without control characters.
 *
 * @param missing what is said where it is left out
 */
export function text(missing = TEXT) {
  return z
    .string({ error: ({ input }) => (input === undefined ? missing : TEXT) })
    .min(1, TEXT)
    .max(1000, TEXT)
    .regex(NO_CONTROL, TEXT);
}

/** One or more texts. */
export function texts() {
  return nonEmptyList(text());
}

/** One text or several, as a list. */
export function textOrTexts(message = 'must be a text, or an array of texts.') {
  return z
    .union([text(), texts()], message)
    .transform((value) => (typeof value === 'string' ? [value] : value));
}

/**
 * Values by name.
 *
 * @param message what is said of a value that is no object
 * @param isName whether something can be a name of one
 */
export function record<T extends z.ZodType>(
  value: T,
  message: string,
  isName: (name: string) => boolean = () => true,
) {
  const error: z.core.$ZodErrorMap = ({ code }) =>
    code === 'invalid_key' ? 'is not a name: 1 to 1,000 characters without control characters.' : message;
  return z.record(text().refine(isName), value, { error }).readonly();
}

/** A switch, off where it is left out. */
export function flag() {
  return z.boolean('must be true or false.').default(false);
}

/** A function, which is not called by the check. */
export function functionOf<T>() {
  return z.custom<T>((value) => typeof value === 'function', 'must be a function.').meta(IN_CODE);
}

/** Marks what a file without code cannot hold. */
export const IN_CODE = { inCode: true };

/** What durations a field takes. */
interface DurationRange {
  readonly minMs: number;
  readonly maxMs: number;
  /** The range in words, such as `from 1 second to 1 hour`. */
  readonly words: string;
}

/** A duration; what comes out is milliseconds. */
export function duration({ minMs, maxMs, words }: DurationRange) {
  return z
    .custom<Duration>((value) => {
      const ms = toMs(value);
      return ms >= minMs && ms <= maxMs;
    }, `must be a duration such as "10s", ${words}.`)
    .meta({ type: ['string', 'number'] })
    .transform(toMs);
}

function toMs(value: unknown): number {
  try {
    return msToNumber(value as Parameters<typeof msToNumber>[0]);
  } catch {
    return Number.NaN;
  }
}

/** A whole number. */
export function wholeNumber(min: number, max: number, message: string) {
  return z.int(message).min(min, message).max(max, message);
}

const SECURE_URL =
  'must be an HTTPS URL such as "https://login.example.com/": whoever can change what comes from there can sign in as anybody. HTTP is accepted on loopback only.';

/** An HTTPS URL, or an HTTP one of loopback, as it was given. */
export function secureUrl() {
  return text().refine(isSecureUrl, SECURE_URL);
}

/**
 * Checks options that a program gave, which may be anything.
 *
 * @returns them with every default filled in
 * @throws ConfigurationError that names the field
 */
export function parseOptions<T extends z.ZodType>(schema: T, given: unknown): z.output<T> {
  // What has this name, zod leaves out without a word: of the claims that a token must have, say.
  if (hasProto(given)) throw new ConfigurationError('No option, claim or policy can be named __proto__.');
  const { success, data, error } = schema.safeParse(given);
  if (success) return data;
  throw new ConfigurationError(complaintOf(error));
}

const MAX_DEPTH = 10;

function hasProto(value: unknown, depth = 0): boolean {
  if (Array.isArray(value)) return depth < MAX_DEPTH && value.some((entry) => hasProto(entry, depth + 1));
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // What is made by a class is no data.
  if (prototype !== Object.prototype && prototype !== null) return Object.hasOwn(value, '__proto__');
  return (
    Object.hasOwn(value, '__proto__') ||
    (depth < MAX_DEPTH && Object.values(value).some((entry) => hasProto(entry, depth + 1)))
  );
}

/**
 * What is wrong with options, as a sentence that begins with the field. No value is in it that a message of
 * the schema does not quote.
 */
export function complaintOf({ issues }: z.ZodError): string {
  // A misspelt name first: what is said to be missing may stand under it.
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  if (issue === undefined) return 'The options are not valid.';
  const { path, message } = deepest(issue);
  const sentence = message.endsWith('.') ? message : `${message}.`;
  const field = fieldAt(path);
  if (field === '') return sentence.replace(/^must\b/, 'Options must');
  return /^\p{Ll}/u.test(sentence) ? `${field} ${sentence}` : `${field}: ${sentence}`;
}

/**
 * Of a value that fits no alternative, what is wrong by the one that was meant: that with the fewest issues
 * of those that are of its kind, where there is one such.
 */
function deepest(issue: z.core.$ZodIssue): Pick<z.core.$ZodIssue, 'path' | 'message'> {
  if (issue.code === 'unrecognized_keys')
    return { ...issue, path: [...issue.path, ...issue.keys.slice(0, 1)] };
  if (issue.code !== 'invalid_union') return issue;
  const [meant, second] = issue.errors
    .filter(([first]) => first !== undefined && (first.path.length > 0 || first.code !== 'invalid_type'))
    .filter(([first]) => first?.message !== issue.message)
    .sort((one, other) => one.length - other.length);
  const [first] = meant ?? [];
  if (first === undefined || meant?.length === second?.length) return issue;
  const inner = deepest(first);
  return { message: inner.message, path: [...issue.path, ...inner.path] };
}

const NAME = /^[A-Za-z_$][\w$-]*$/;

/** @returns such as `auth[0].requiredClaims["https://example.com/email"]` */
function fieldAt(path: readonly PropertyKey[]): string {
  return path
    .map((part) => {
      if (typeof part === 'number') return `[${String(part)}]`;
      const name = String(part);
      return NAME.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
    })
    .join('')
    .replace(/^\./, '');
}

/** Whether a URL is HTTPS, or HTTP on loopback, and holds no password. */
export function isSecureUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, username, password } = new URL(url);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/** Whether a value is an object, and no array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
