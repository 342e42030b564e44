import { InvalidArgumentError } from 'commander';

/** Collects an option that may be repeated, or hold several values separated by commas. */
export function appendList(value: string, previous: readonly string[] | undefined): readonly string[] {
  const values = value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  if (values.length === 0) throw new InvalidArgumentError('It is empty.');
  return [...(previous ?? []), ...values];
}
