import { ConfigurationError } from '@waxseal/core';
import { asList } from './as-list';
import { asText } from './as-text';

/** @throws ConfigurationError unless `value` is an array of one or more texts */
export function asTexts(value: unknown, field: string): readonly string[] {
  const list = asList(value, field);
  if (list.length === 0) throw new ConfigurationError(`${field} must not be empty.`);
  return list.map((entry, index) => asText(entry, `${field}[${String(index)}]`));
}
