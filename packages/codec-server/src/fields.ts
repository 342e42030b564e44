import { isIPv4 } from 'node:net';
import type { Duration } from '@temporalio/common';
import { msToNumber } from '@temporalio/common/lib/time';
import { ConfigurationError } from '@waxseal/core';
import { assertKnownOptions } from '@waxseal/core/provider';

/** What durations a field takes. */
interface DurationRange {
  readonly minMs: number;
  readonly maxMs: number;
  /** The range in words, such as `from 1 second to 1 hour`. */
  readonly words: string;
}

/**
 * @returns the duration in milliseconds
 * @throws ConfigurationError that names the field
 */
export function asDurationMs(value: unknown, field: string, { minMs, maxMs, words }: DurationRange): number {
  const ms = toMs(value);
  if (ms === undefined || !(ms >= minMs && ms <= maxMs)) {
    throw new ConfigurationError(`${field} must be a duration such as "10s", ${words}.`);
  }
  return ms;
}

function toMs(value: unknown): number | undefined {
  try {
    return msToNumber(value as Duration);
  } catch {
    return undefined;
  }
}

/** @throws ConfigurationError unless `value` is an array */
export function asList(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new ConfigurationError(`${field} must be an array.`);
  return value;
}

/**
 * An object of options with known names only.
 *
 * @param known names of all options
 * @throws ConfigurationError that names the field
 */
export function asObject(
  value: unknown,
  field: string,
  known: ReadonlySet<string>,
): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigurationError(`${field} must be an object.`);
  }
  assertKnownOptions(value, known, (name) => `${field}.${name}`);
  return value as Readonly<Record<string, unknown>>;
}

/**
 * @returns the text as it was given
 * @throws ConfigurationError unless it is an HTTPS URL, or an HTTP one of loopback
 */
export function asSecureUrl(value: unknown, field: string): string {
  const text = asText(value, field);
  if (!isSecureUrl(text)) {
    throw new ConfigurationError(
      `${field} must be an HTTPS URL such as "https://login.example.com/": whoever can change what comes from there can sign in as anybody. HTTP is accepted on loopback only.`,
    );
  }
  return text;
}

const MAX_CHARACTERS = 1000;
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** @throws ConfigurationError unless `value` is a text of 1 to 1,000 characters without control characters */
export function asText(value: unknown, field: string): string {
  if (typeof value !== 'string' || value === '' || value.length > MAX_CHARACTERS || CONTROL.test(value)) {
    throw new ConfigurationError(
      `${field} must be a text of 1 to 1,000 characters without control characters.`,
    );
  }
  return value;
}

/** @throws ConfigurationError unless `value` is an array of one or more texts */
export function asTexts(value: unknown, field: string): readonly string[] {
  const list = asList(value, field);
  if (list.length === 0) throw new ConfigurationError(`${field} must not be empty.`);
  return list.map((entry, index) => asText(entry, `${field}[${String(index)}]`));
}

/**
 * Checks one entry of `allowedOrigins`. Browsers compare origins byte by byte, so an entry must be written as
 * they send it (RFC 6454 §6.2).
 *
 * @throws ConfigurationError
 */
export function assertOrigin(origin: unknown, field: string): asserts origin is string {
  if (typeof origin !== 'string') {
    throw new ConfigurationError(`${field} must be a string such as "https://temporal.example.com".`);
  }
  const quoted = JSON.stringify(origin);
  if (origin === '*' || origin === 'null') {
    throw new ConfigurationError(
      `${field} is ${quoted}, which would let any page read decrypted payloads. List the origin of your Web UI instead.`,
    );
  }
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new ConfigurationError(
      `${field} is ${quoted}, which is not an origin. Write scheme, host and port, such as "https://temporal.example.com".`,
    );
  }
  if (url.origin !== origin) {
    throw new ConfigurationError(
      `${field} is ${quoted}, but browsers send ${JSON.stringify(url.origin)}. Write exactly that: no trailing slash, path, default port or capital letters.`,
    );
  }
}

/** Whether a URL is HTTPS, or HTTP on loopback, and holds no password. */
export function isSecureUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/**
 * Whether a host name or address can only be reached from this machine. IPv6 addresses may stand in brackets.
 */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || name === '::1' || (isIPv4(name) && name.startsWith('127.'));
}

/** Whether a parsed JSON value is an object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
