import { inspect, type InspectOptions } from 'node:util';

const LONG: InspectOptions = {
  depth: 10,
  maxArrayLength: null,
  maxStringLength: null,
  breakLength: Infinity,
};

/** Everything that logging may make of a value: its `inspect`, its JSON, its text; of an error also its stack and causes. */
export function textsOf(value: object): readonly string[] {
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
