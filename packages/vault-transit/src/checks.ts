import { ConfigurationError, isLoopback } from '@waxseal/core/provider';

/** What a text must match, and that in words. */
interface TextForm {
  readonly pattern: RegExp;
  readonly words: string;
}

/** A Transit key's name, as the engine's own routes take it. */
export const KEY_NAME: TextForm = {
  pattern: /^\w(?:[\w.-]{0,254}\w)?$/,
  words: 'letters, digits, "_", "-" and ".", not beginning or ending with "-" or "."',
};

/** A mount path or namespace: segments that can stand in a URL as they are, none of them `.` or `..`. */
export const PATH: TextForm = {
  pattern: /^(?!.{513})[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/,
  words: 'a path of letters, digits, "_", "-" and ".", such as "transit" or "team/transit"',
};

/** What can stand in a header or a JSON field as a credential. */
export const CREDENTIAL: TextForm = {
  pattern: /^[\x21-\x7e]{1,8192}$/,
  words: 'a text without spaces or line ends; read it from a secret store and trim it',
};

/**
 * The fields of an option that is an object.
 *
 * @param field name of the option, for the message
 * @throws ConfigurationError when there is a field that is not among `names`
 */
export function checkFields(value: unknown, field: string, names: readonly string[]): JsonObject {
  const given = jsonObject(value);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `VaultTransitKey: ${JSON.stringify(unknown)} is not one of ${field}: ${names.join(', ')}.`,
    );
  }
  return given;
}

/**
 * @param field name of the option, for the message
 * @param form what the text must match; the message does not show the text
 * @throws ConfigurationError when `value` is no such text
 */
export function checkText(value: unknown, field: string, { pattern, words }: TextForm): string {
  if (typeof value !== 'string' || !pattern.test(value)) {
    throw new ConfigurationError(`VaultTransitKey: ${field} must be ${words}.`);
  }
  return value;
}

/** A JSON object whose fields are not known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** `value` where it is a JSON object, else an empty one. */
export function jsonObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {};
}

/**
 * The base URL of a server, without a slash at its end.
 *
 * @param allowInsecureHttp whether `http:` may lead off this machine
 * @throws ConfigurationError when it is no such URL
 */
export function parseVaultAddress(address: unknown, allowInsecureHttp: boolean): string {
  const url = typeof address === 'string' ? parse(address) : null;
  if (
    url === null ||
    !['http:', 'https:'].includes(url.protocol) ||
    [url.username, url.password, url.search, url.hash].some((part) => part !== '')
  ) {
    throw new ConfigurationError(
      'VaultTransitKey: address must be an http: or https: URL without credentials, query or fragment, such as "https://vault.example.com:8200".',
    );
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !allowInsecureHttp) {
    throw new ConfigurationError(
      'VaultTransitKey: address must be https:, because data keys and the token travel in the requests. Where the network encrypts by itself, set allowInsecureHttp: true.',
    );
  }
  return url.href.replace(/\/+$/, '');
}

function parse(address: string): URL | null {
  return URL.canParse(address) ? new URL(address) : null;
}
