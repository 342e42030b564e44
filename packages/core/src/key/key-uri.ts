import { isIPv4 } from 'node:net';
import { ConfigurationError } from '../base/errors';
import type { KeyEncryptionKey, KeyId } from './key-encryption-key';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What makes keys of URIs: the class of a provider that has a static `fromUri`, or any object with one. The
 * table of schemes of `@waxseal/config` holds such classes, and `keySchemes` adds those of other providers.
 */
export interface KeyUriProvider {
  /**
   * Makes the key that a URI names. Credentials come from where the service's own libraries look for them. No
   * request is made to the service.
   *
   * @param uri of the scheme that the provider was registered for, without credentials
   * @param environment where a provider finds what the service's libraries do not look for themselves
   * @returns the key, or a promise of it
   * @throws ConfigurationError that says how the URI is written, or what is missing beside it
   */
  fromUri(uri: URL, environment: Environment): KeyEncryptionKey | Promise<KeyEncryptionKey>;
}

/**
 * Reads a URI, and finds what is known under its scheme.
 *
 * @param schemes by their names, without a colon and in lower case
 * @throws ConfigurationError when it is no URI, is of another scheme, or holds credentials; those are not
 *   repeated
 */
export function resolveKeyUri<T>(uri: string | URL, schemes: ReadonlyMap<string, T>): { url: URL; found: T } {
  const known = [...schemes.keys()].map((scheme) => `${scheme}://`).join(', ');
  const text = String(uri);
  if (!URL.canParse(text)) {
    // Not shown: it can hold credentials, or be a key in the place of its URI.
    throw new ConfigurationError(
      `A key URI of ${String(text.length)} characters is not a URI. Start it with one of: ${known}.`,
    );
  }
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw new ConfigurationError(
      'A key URI must not hold credentials: it is logged. Remove what stands before the "@".',
    );
  }
  const found = schemes.get(url.protocol.slice(0, -1));
  if (found === undefined) {
    throw new ConfigurationError(
      `The key URI scheme ${JSON.stringify(url.protocol)} is not known. Known schemes: ${known}.`,
    );
  }
  return { url, found };
}

/** How the URIs of a provider are written. */
export interface KeyUriForm {
  /** Without a colon, in lower case. */
  readonly scheme: string;
  /** Names of the parameters that may stand behind a `?`. */
  readonly parameters: readonly string[];
  /** Whether a fragment may stand behind a `#`. @default false */
  readonly fragment?: boolean;
  /** The whole, as the error shows it: `awskms:///<key ARN>`. */
  readonly is: string;
}

/** The parts of a key's URI, percent-decoded. */
export interface KeyUri {
  readonly url: URL;
  readonly host: string;
  /** With the slash at its beginning. */
  readonly path: string;
  /** What stands behind the `#`; empty where nothing does. */
  readonly fragment: string;
  /** The parameter `id`: the name that payloads are to record; `undefined` where there is none. */
  readonly id: KeyId | undefined;
  /**
   * The error for a URI that is wrong in another way. It shows the URI without parameters, in which somebody
   * may have put a token, and the problem; the form, where that is left out.
   */
  readonly malformed: (problem?: string) => ConfigurationError;
}

/**
 * Reads a URI of a provider's.
 *
 * @throws ConfigurationError as {@link resolveKeyUri} does; and when there are parameters or a fragment that
 *   the form does not have, or it is not percent-encoded correctly
 */
export function parseKeyUri(uri: string | URL, form: KeyUriForm): KeyUri {
  const { url } = resolveKeyUri(uri, new Map([[form.scheme, form]]));
  const { href, search } = url;
  const shown = JSON.stringify(search === '' ? href : href.replace(search, '?…'));
  const malformed = (problem = ` must be ${form.is}`): ConfigurationError =>
    new ConfigurationError(`The key URI ${shown}${problem}.`);
  const areKnown = [...url.searchParams.keys()].every((name) => form.parameters.includes(name));
  if (!areKnown || (url.hash !== '' && form.fragment !== true)) throw malformed();
  const [host = '', path = '', fragment = ''] = [url.host, url.pathname, url.hash.slice(1)].map((part) =>
    decoded(part, malformed),
  );
  return { url, host, path, fragment, id: url.searchParams.get('id') ?? undefined, malformed };
}

function decoded(part: string, malformed: KeyUri['malformed']): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw malformed(' is not percent-encoded correctly');
  }
}

/** A proxy that the environment names. */
export interface EnvironmentProxy {
  /** The variable that names it. */
  readonly variable: string;
  readonly url: URL;
  /** `<user>:<password>`, percent-decoded; empty where there is neither. */
  readonly credentials: string;
}

/**
 * The proxy of the first variable that is set; it may be written as `host:port`.
 *
 * @param variables their names; an empty one counts as unset
 * @param protocols of the proxies that can be used, such as `http:`
 * @param advice stands at the end of the error
 * @throws ConfigurationError that names the variable; it shows nothing of the value, which can hold a
 *   password
 */
export function proxyFromEnvironment(
  environment: Environment,
  variables: readonly string[],
  protocols: readonly string[],
  advice = '',
): EnvironmentProxy | undefined {
  const variable = variables.find((name) => environment[name]);
  if (variable === undefined) return undefined;
  const malformed = (): ConfigurationError =>
    new ConfigurationError(
      `${variable} must be the URL of a proxy, ${protocols.join(' or ')}, such as http://proxy.example.com:3128; special characters of a user or password are percent-encoded.${advice}`,
    );
  const value = environment[variable] ?? '';
  const text = value.includes('://') ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === '' || !protocols.includes(url.protocol)) throw malformed();
  const parts = [url.username, url.password].filter((part) => part !== '');
  return { variable, url, credentials: parts.map((part) => decoded(part, malformed)).join(':') };
}

/**
 * Whether a host name or address can only be reached from this machine, and so through no proxy.
 *
 * @param host as a URL has it or as it is written; an IPv6 address may stand in brackets
 */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || name === '::1' || (isIPv4(name) && name.startsWith('127.'));
}

/**
 * What an attempt to load optional packages failed with, as the line that installs them where one is missing.
 *
 * @param cause what was caught
 * @param user what needs the packages, as the subject of the message
 * @param packages what was loaded
 * @returns a `ConfigurationError`; `cause` itself where it says something else
 */
export function explainMissing(cause: unknown, user: string, packages: readonly string[]): unknown {
  const { code, message } = cause as NodeJS.ErrnoException;
  const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  if (!isMissing || !packages.some((name) => message.includes(name))) return cause;
  return new ConfigurationError(
    `${user} needs packages that are not installed: npm install ${packages.join(' ')}`,
  );
}
