/** Whether a value is an error, also one of the workflow sandbox, which is of another realm. */
export function isErrorLike(value: unknown): value is Error {
  return (
    typeof value === 'object' &&
    value !== null &&
    'message' in value &&
    typeof value.message === 'string' &&
    ('stack' in value || 'name' in value)
  );
}
