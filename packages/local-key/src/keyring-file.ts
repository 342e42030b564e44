import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { ConfigurationError, isKeyId } from '@waxseal/core/provider';
import { assertTrustedFile, parseJson } from '@waxseal/core/internal';
import type { VersionedLocalKeyOptions } from './options';

/** Permission bits of everybody but the owner. */
const OTHERS = 0o077;

/**
 * Reads a key-ring file (docs/spec/local-key.md §2).
 *
 * @throws ConfigurationError when it cannot be read, others than its owner can read it, another user owns it
 *   or could replace it, or it is malformed. On Windows permissions are not checked.
 */
export function readLocalKeyringFile(path: string): LocalKeyring {
  const text = readPrivateFile(path);
  assertTrustedFile(path, 'The key-ring file');
  return parseLocalKeyring(text, `The key-ring file ${path}`);
}

function readPrivateFile(path: string): string {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new ConfigurationError(
      `The key-ring file ${path} cannot be opened (${code}). Write one with "waxseal keygen ${path}".`,
    );
  }
  try {
    // The open descriptor is what is read: asking by path again could meet another file.
    const status = fstatSync(descriptor);
    if (!status.isFile()) throw new ConfigurationError(`The key-ring file ${path} is not a regular file.`);
    if (process.platform !== 'win32' && (status.mode & OTHERS) !== 0) {
      const mode = (status.mode & 0o777).toString(8).padStart(4, '0');
      throw new ConfigurationError(
        `The key-ring file ${path} has mode ${mode}: others than its owner can use it. Run "chmod 600 ${path}".`,
      );
    }
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

/** RFC 3339, in UTC. */
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;

/** Whether it is a time of the calendar: `Date` takes 30 February for 2 March. */
function isTime(value: unknown): boolean {
  if (typeof value !== 'string' || !TIME.test(value)) return false;
  const date = new Date(value);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value.slice(0, 19));
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a key-ring document and checks all of it (docs/spec/local-key.md §2).
 *
 * @param source where the text comes from, for messages; they never hold the text
 * @throws ConfigurationError that names the field
 */
export function parseLocalKeyring(text: string, source: string): LocalKeyring {
  const refusal = (what: string): Error =>
    new ConfigurationError(`${source} is not a key-ring: ${what} Write one with "waxseal keygen".`);
  const fail = (what: string): never => {
    throw refusal(what);
  };
  const fields = (value: unknown, where: string, names: readonly string[] | undefined): Fields => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return fail(`${where} is no object.`);
    const unexpected = names && Object.keys(value).find((name) => !names.includes(name));
    if (unexpected !== undefined) return fail(`${where} has an unknown field ${JSON.stringify(unexpected)}.`);
    return value as Fields;
  };

  const document = parseJson(text, (where) => refusal(`it is no JSON: see ${where}.`));
  const root = fields(document, 'the document', ['format', 'primary', 'keys']);
  if (root['format'] !== LOCAL_KEYRING_FORMAT)
    fail(`format must be ${JSON.stringify(LOCAL_KEYRING_FORMAT)}.`);
  const keys = fields(root['keys'], 'keys', undefined);
  if (typeof root['primary'] !== 'string' || !Object.hasOwn(keys, root['primary'])) {
    fail('primary must be the name of one of the keys.');
  }
  for (const [name, value] of Object.entries(keys)) {
    const where = `keys[${JSON.stringify(name)}]`;
    if (!isKeyId(name)) fail(`${where}: a name must be 1 to 1,024 bytes without control characters.`);
    const entry = fields(value, where, ['primaryVersion', 'versions']);
    const versions = fields(entry['versions'], `${where}.versions`, undefined);
    if (
      typeof entry['primaryVersion'] !== 'number' ||
      !Object.hasOwn(versions, String(entry['primaryVersion']))
    ) {
      fail(`${where}.primaryVersion must be one of the versions.`);
    }
    for (const [version, versionValue] of Object.entries(versions)) {
      const at = `${where}.versions[${JSON.stringify(version)}]`;
      if (!/^[1-9]\d{0,8}$/.test(version)) {
        fail(`${at}: a version must be a whole number from 1 to 999,999,999.`);
      }
      if (!isKeyId(`${name}/v${version}`))
        fail(`${where}: the name with "/v${version}" is over 1,024 bytes.`);
      const { createdAt, material } = fields(versionValue, at, ['createdAt', 'material']);
      if (!isTime(createdAt)) {
        fail(`${at}.createdAt must be a time in UTC, such as 2026-01-05T09:00:00Z.`);
      }
      if (decodeKeyMaterial(material) === undefined) fail(`${at}.material must be 32 bytes in base64.`);
    }
  }
  return document as LocalKeyring;
}

/** One version of a local key in a key-ring file. */
export interface LocalKeyVersion {
  /** When it was made: ISO 8601 in UTC. */
  readonly createdAt: string;
  /** 32 bytes in base64. */
  readonly material: string;
}

/** A key of a key-ring file, with its versions. */
interface LocalKeyringEntry {
  /** The version that wraps. */
  readonly primaryVersion: number;
  readonly versions: Readonly<Record<string, LocalKeyVersion>>;
}

/** A key-ring file (docs/spec/local-key.md §2). It holds key material: never log it. */
export interface LocalKeyring {
  readonly format: typeof LOCAL_KEYRING_FORMAT;
  /** Name of the key that is meant where none is named. */
  readonly primary: string;
  readonly keys: Readonly<Record<string, LocalKeyringEntry>>;
}

/** `format` of a key-ring file. */
export const LOCAL_KEYRING_FORMAT = 'waxseal-local-keyring/v1';

/**
 * One key of a key-ring, as the options of a `LocalKey`.
 *
 * @param id name of the key; by default the key-ring's primary one
 * @param source where the key-ring comes from, for the message
 * @throws ConfigurationError when the key-ring has no such key
 */
export function selectLocalKey(
  keyring: LocalKeyring,
  id: string | undefined,
  source: string,
): VersionedLocalKeyOptions {
  const name = id ?? keyring.primary;
  const entry = Object.hasOwn(keyring.keys, name) ? keyring.keys[name] : undefined;
  if (entry === undefined) {
    const names = Object.keys(keyring.keys).map((key) => JSON.stringify(key));
    throw new ConfigurationError(`${source} has no key ${JSON.stringify(name)}; it has ${names.join(', ')}.`);
  }
  const versions: Record<number, Uint8Array> = {};
  const createdAt: Record<number, string> = {};
  for (const [version, { createdAt: made, material }] of Object.entries(entry.versions)) {
    const bytes = decodeKeyMaterial(material);
    createdAt[Number(version)] = made;
    if (bytes !== undefined) versions[Number(version)] = bytes;
  }
  return { id: name, versions, primaryVersion: entry.primaryVersion, createdAt };
}

const BASE64_OF_32_BYTES = /^[A-Za-z0-9+/]{43}=?$/;

/**
 * 32 bytes from base64, padded or not.
 *
 * @returns a buffer that the caller owns, or `undefined` when `text` is anything else
 */
export function decodeKeyMaterial(text: unknown): Buffer | undefined {
  if (typeof text !== 'string' || !BASE64_OF_32_BYTES.test(text)) return undefined;
  // Buffer.from(string) may take from the shared pool, where bytes cannot be zeroed for good.
  const bytes = Buffer.alloc(32);
  if (bytes.write(text, 'base64') === bytes.length && bytes.toString('base64', 30) === padded(text))
    return bytes;
  bytes.fill(0);
  return undefined;
}

/** The last four characters: the two bits beyond 32 bytes are zero (docs/spec/local-key.md §2). */
function padded(text: string): string {
  return `${text.slice(40, 43)}=`;
}
