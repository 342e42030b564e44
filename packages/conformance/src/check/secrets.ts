import { inspect, type InspectOptions } from 'node:util';

/**
 * @param value an error, a provider object or a store object
 * @param what its name in the message
 * @throws Error when a text of `value` holds a data key or one of the harness's secrets; the secret is not
 *   shown again
 */
export function assertShowsNoSecret(
  value: object,
  what: string,
  harness: { readonly secrets: readonly string[] },
  dataKeys: readonly Uint8Array[],
): void {
  const texts = textsOf(value);
  const shows = (form: string): boolean => texts.some((text) => text.includes(form));
  if (dataKeys.some((dataKey) => secretForms(dataKey).some(shows))) {
    throw new Error(`${what} shows a data key in its message, stack, inspect, JSON or causes.`);
  }
  const index = harness.secrets.findIndex(shows);
  if (index >= 0) {
    throw new Error(
      `${what} shows secrets[${String(index)}] in its message, stack, inspect, JSON or causes.`,
    );
  }
}

/** Bytes of a secret that are enough to know it by; a multiple of three, so that base64 keeps their text. */
const KNOWN_BY_BYTES = 12;

/**
 * The ways in which a text may show bytes.
 *
 * @param secret 12 bytes or more, random: what is looked for is its beginning
 */
function secretForms(secret: Uint8Array): readonly string[] {
  const start = Buffer.from(secret.subarray(0, KNOWN_BY_BYTES));
  const hex = start.toString('hex');
  return [
    hex,
    hex.toUpperCase(),
    hex.replace(/(..)(?!$)/g, '$1 '),
    start.toString('base64'),
    start.toString('base64url'),
    start.toString('latin1'),
    [...start].join(','),
    [...start].join(', '),
  ];
}

const LONG: InspectOptions = {
  depth: 10,
  maxArrayLength: null,
  maxStringLength: null,
  breakLength: Infinity,
};

/**
 * Everything that logging may make of a value: its `inspect`, its JSON, its text; of an error also its stack
 * and causes.
 */
function textsOf(value: object): readonly string[] {
  const texts = [
    inspect(value, LONG),
    inspect(value, { ...LONG, showHidden: true }),
    inspect(value, { ...LONG, customInspect: false }),
    json(value),
  ];
  for (let error: unknown = value, depth = 0; isObject(error) && depth < 10; error = error.cause, depth++) {
    texts.push(String(error.message), String(error.stack), json(error), json({ ...error }));
  }
  return texts;
}

function json(value: object): string {
  try {
    return JSON.stringify(value);
  } catch {
    return '';
  }
}

function isObject(value: unknown): value is { message?: unknown; stack?: unknown; cause?: unknown } {
  return typeof value === 'object' && value !== null;
}
