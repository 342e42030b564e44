import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { ConfigurationError } from '@waxseal/core';
import { quote } from '@waxseal/core/internal';
import { isLoopback } from '@waxseal/core/provider';

/** A host that may have the database. */
export interface PostgresHost {
  /** Name, address, or folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
}

/** What is needed to connect. */
export interface ConnectionSettings {
  /** In the order in which they are tried. */
  readonly hosts: readonly PostgresHost[];
  readonly database: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** `false` for a connection in clear. */
  readonly ssl: ConnectionOptions | false;
  /** `any` takes a host that takes no writes, such as a standby. */
  readonly target: 'read-write' | 'any';
}

/** Where parameters stand: in a URL, and as variables. */
const VARIABLES = {
  host: 'PGHOST',
  port: 'PGPORT',
  dbname: 'PGDATABASE',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
} as const;

type Parameter = keyof typeof VARIABLES;
type Parameters = Partial<Record<Parameter, string>>;

const DEFAULT_PORT = 5432;

/**
 * Reads a connection string as libpq does, hosts by the comma included, and libpq's variables for what it
 * leaves out (https://www.postgresql.org/docs/current/libpq-connect.html,
 * https://www.postgresql.org/docs/current/libpq-envars.html).
 *
 * In one thing it differs: where no `sslmode` is given, it is `verify-full`, and libpq's is `prefer`, which
 * an attacker turns into none. On this machine alone, none is needed.
 *
 * @param url `postgres://user@host1:5432,host2/database?sslrootcert=…`; variables alone where it is left out
 * @throws ConfigurationError that names the parameter, and never the string, which may hold a password
 */
export function connectionSettings(
  url: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): ConnectionSettings {
  const given = url === undefined ? {} : parseUrl(url);
  const valueOf = (name: Parameter): string | undefined =>
    given[name] ?? (environment[VARIABLES[name]] || undefined);
  const hosts = hostsOf(valueOf('host'), valueOf('port'));
  return {
    hosts,
    database: valueOf('dbname'),
    user: valueOf('user'),
    password: valueOf('password'),
    ssl: sslOf(valueOf, hosts),
    target: targetOf(valueOf('target_session_attrs')),
  };
}

const URL_FORM = /^postgres(?:ql)?:\/\/(?:([^@/]*)@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/;

function parseUrl(url: string): Parameters {
  const match = URL_FORM.exec(url);
  const [, login = '', places = '', database = '', query = ''] = match ?? [];
  // An `@` that is left belongs to a password whose characters are not written as they must be.
  if (match === null || [places, database, query].some((part) => part.includes('@'))) {
    throw new ConfigurationError(
      "The store's URL must be of the form postgres://user@host:5432/database, with hosts parted by commas; characters that mean something in a URL are written as %40 and so on.",
    );
  }
  const parameters: Parameters = {};
  for (const [name, value] of new URLSearchParams(query.replaceAll('+', '%2B'))) {
    if (!Object.hasOwn(VARIABLES, name)) {
      throw new ConfigurationError(
        `The store's URL has the parameter ${quote(name)}; there are ${Object.keys(VARIABLES).join(', ')}. Limits and deadlines are options of the store.`,
      );
    }
    parameters[name as Parameter] = value;
  }
  const colon = login.indexOf(':');
  const user = decode(colon === -1 ? login : login.slice(0, colon));
  if (user !== '') parameters.user ??= user;
  if (colon !== -1) parameters.password ??= decode(login.slice(colon + 1));
  if (database !== '') parameters.dbname ??= decode(database);
  if (places !== '') {
    const parted = places.split(',').map(placeOf);
    parameters.host ??= parted.map(([host]) => host).join(',');
    if (parted.some(([, port]) => port !== '')) parameters.port ??= parted.map(([, port]) => port).join(',');
  }
  return parameters;
}

/** Name or address, and port, of one place of a URL; `[::1]:5432` has brackets. */
function placeOf(place: string): readonly [string, string] {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(place);
  if (match === null) {
    throw new ConfigurationError(
      "The store's URL has a host that cannot be read. Write host:5432, or [::1]:5432 for an IPv6 address.",
    );
  }
  return [decode(match[1] ?? match[2] ?? ''), match[3] ?? ''];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ConfigurationError("The store's URL has a % that is followed by no two hexadecimal digits.");
  }
}

function hostsOf(host: string | undefined, port: string | undefined): PostgresHost[] {
  const names = (host ?? 'localhost').split(',').map((name) => (name === '' ? 'localhost' : name));
  const ports = (port ?? '').split(',');
  if (ports.length > 1 && ports.length !== names.length) {
    throw new ConfigurationError(
      `The store has ${String(names.length)} hosts and ${String(ports.length)} ports: give one port for all, or one for each.`,
    );
  }
  return names.map((name, index) => {
    const text = (ports.length > 1 ? ports[index] : ports[0]) || String(DEFAULT_PORT);
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < 1 || number > 65_535) {
      throw new ConfigurationError(`The store has the port ${quote(text)}: give 1 to 65535.`);
    }
    return { host: name, port: number };
  });
}

const MODES = ['disable', 'require', 'verify-ca', 'verify-full'];

function sslOf(
  valueOf: (name: Parameter) => string | undefined,
  hosts: readonly PostgresHost[],
): ConnectionOptions | false {
  const isLocal = hosts.every(({ host }) => host.startsWith('/') || isLoopback(host));
  const mode = valueOf('sslmode') ?? (isLocal ? 'disable' : 'verify-full');
  if (!MODES.includes(mode)) {
    throw new ConfigurationError(
      `sslmode (PGSSLMODE) is ${quote(mode)}; there are ${MODES.join(', ')}. allow and prefer are no protection, since whoever stands between can refuse TLS.`,
    );
  }
  if (mode === 'disable') return false;
  const root = valueOf('sslrootcert');
  const ca = root === undefined || root === 'system' ? undefined : read('sslrootcert', root);
  const cert = valueOf('sslcert');
  const key = valueOf('sslkey');
  if ((cert === undefined) !== (key === undefined)) {
    throw new ConfigurationError('sslcert and sslkey go together: name both files, or none.');
  }
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert: read('sslcert', cert) }),
    ...(key === undefined ? {} : { key: read('sslkey', key) }),
    // As libpq: `require` with a root certificate is `verify-ca`.
    ...(mode === 'require' && ca === undefined ? { rejectUnauthorized: false } : {}),
    ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
  };
}

function read(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigurationError(`${name}: the file ${quote(path)} cannot be read.`, { cause });
  }
}

function targetOf(target: string | undefined): ConnectionSettings['target'] {
  switch (target) {
    case undefined:
    case 'read-write':
    case 'primary':
      return 'read-write';
    case 'any':
      return 'any';
    default:
      throw new ConfigurationError(
        `target_session_attrs (PGTARGETSESSIONATTRS) is ${quote(target)}; there are read-write, primary and any.`,
      );
  }
}

/** Name for the server's certificate: none where the host is an address or a folder. */
export function serverNameOf(host: string): string | undefined {
  return host.startsWith('/') || isIP(host) !== 0 ? undefined : host;
}
