// Temporal's own limit on the length of an identifier (limit.maxIDLength).
const MAX_CHARACTERS = 1000;

// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** Whether `value` can be the name of a Temporal namespace. */
export function isNamespace(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= MAX_CHARACTERS &&
    value.isWellFormed() &&
    !CONTROL.test(value)
  );
}
