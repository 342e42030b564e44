import { ConfigurationError } from '@waxseal/core';
import { asText } from '../options/as-text';

/** @throws ConfigurationError unless it is a regular expression with the groups `namespace` and `role` */
export function resolvePermissionsRegex(value: unknown, field: string): RegExp | undefined {
  if (value === undefined) return undefined;
  // Go, in which a Temporal server's configuration is written, names groups with a P.
  const source = asText(value, field).replaceAll('(?P<', '(?<');
  try {
    const pattern = new RegExp(source, 'u');
    // One more alternative, so that the groups can be asked for without a text that matches.
    const groups = new RegExp(`${source}|`, 'u').exec('')?.groups ?? {};
    if ('namespace' in groups && 'role' in groups) return pattern;
  } catch {
    // The message below says all there is to say.
  }
  throw new ConfigurationError(
    `${field} must be a regular expression with the groups "namespace" and "role", such as "^(?<role>[a-z]+)@(?<namespace>[^@]+)$".`,
  );
}
