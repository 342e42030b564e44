/** A text in a JSON answer, by the names that lead to it. */
export function at(answer: unknown, ...names: readonly string[]): string {
  const value = names.reduce<unknown>(
    (object, name) => (object as Readonly<Record<string, unknown>> | undefined)?.[name],
    answer,
  );
  if (typeof value !== 'string') throw new Error(`The answer has no text at ${names.join('.')}.`);
  return value;
}
