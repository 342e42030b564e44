import { randomBytes } from 'node:crypto';
import {
  writeFileSync,
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { assertKeyId, ConfigurationError } from '@waxseal/core/provider';
import {
  LOCAL_KEYRING_FORMAT,
  type LocalKeyring,
  readLocalKeyringFile,
  type LocalKeyVersion,
} from './keyring-file';
import { versionedKeyId } from './wrapping';

/** A version has nine digits at most. */
const MAX_VERSION = 999_999_999;

/** What {@link createLocalKeyringFile} takes besides the path. */
export interface CreateLocalKeyringOptions {
  /** Name of the key. By default `local-` and eight random hexadecimal digits. */
  readonly id?: string | undefined;
}

/**
 * Writes a new key-ring file with one key, mode 0600. An existing file is never overwritten.
 *
 * @returns name of the key
 * @throws ConfigurationError when the file exists or cannot be written, or the name is no key ID
 */
export function createLocalKeyringFile(path: string, options: CreateLocalKeyringOptions = {}): string {
  const id = options.id ?? `local-${randomBytes(4).toString('hex')}`;
  // Room is left for versions to come.
  assertKeyId(versionedKeyId(id, MAX_VERSION), 'The name of a local key, with its version,');
  const keyring: LocalKeyring = {
    format: LOCAL_KEYRING_FORMAT,
    primary: id,
    keys: { [id]: { primaryVersion: 1, versions: { '1': newKeyVersion() } } },
  };
  try {
    writeFileSync(path, `${JSON.stringify(keyring, undefined, 2)}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new ConfigurationError(
      code === 'EEXIST'
        ? `${path} exists already and is not overwritten. To rotate its key, run "waxseal keygen --rotate ${path}".`
        : `${path} cannot be written (${code}).`,
    );
  }
  return id;
}

/** What {@link rotateLocalKey} takes besides the path. */
export interface RotateLocalKeyOptions {
  /** Name of the key. By default the file's primary key. */
  readonly id?: string | undefined;
  /**
   * - `add-and-promote`: adds a version that wraps at once. Right where one process uses the file.
   * - `add`: adds a version that only unwraps for now, so that every reader can get the file first.
   * - `promote`: lets the newest version wrap.
   *
   * @default 'add-and-promote'
   */
  readonly step?: 'add-and-promote' | 'add' | 'promote' | undefined;
}

/**
 * Adds a version to a key of a key-ring file, or promotes the newest one. A reader sees the file before or
 * after, never half written; the file keeps its owner, and a link stays a link. Versions are never removed.
 *
 * @returns the key ID of the newest version
 * @throws ConfigurationError when the file is not usable, is being changed by another process, or has no such
 *   key
 */
export function rotateLocalKey(path: string, options: RotateLocalKeyOptions = {}): string {
  return changeFile(path, () => {
    const { text, keyId } = rotated(path, options);
    return { text, result: keyId };
  });
}

function rotated(
  path: string,
  options: RotateLocalKeyOptions,
): { readonly text: string; readonly keyId: string } {
  const keyring = readLocalKeyringFile(path);
  const id = options.id ?? keyring.primary;
  const entry = Object.hasOwn(keyring.keys, id) ? keyring.keys[id] : undefined;
  if (entry === undefined) {
    throw new ConfigurationError(`The key-ring file ${path} has no key ${JSON.stringify(id)}.`);
  }
  const step = options.step ?? 'add-and-promote';
  const newest = Math.max(...Object.keys(entry.versions).map(Number));
  const version = step === 'promote' ? newest : newest + 1;
  if (version > MAX_VERSION) {
    throw new ConfigurationError(
      `The key ${JSON.stringify(id)} of ${path} has version ${String(newest)}, the last there can be. Add a key with another name.`,
    );
  }
  assertKeyId(versionedKeyId(id, version), 'The name of a local key, with its version,');
  const next: LocalKeyring = {
    ...keyring,
    keys: {
      ...keyring.keys,
      [id]: {
        primaryVersion: step === 'add' ? entry.primaryVersion : version,
        versions:
          step === 'promote' ? entry.versions : { ...entry.versions, [String(version)]: newKeyVersion() },
      },
    },
  };
  return { text: `${JSON.stringify(next, undefined, 2)}\n`, keyId: versionedKeyId(id, version) };
}

/** The new text of a file, and what the caller wants to know of the change. */
interface Change<T> {
  readonly text: string;
  readonly result: T;
}

/**
 * Replaces a private file at once: a reader sees it before or after. The new file has mode 0600 and the owner
 * of the old one, and is on disk when this returns. A second change at the same time is refused.
 *
 * @param change reads the file and makes its new text, while no other process changes it
 * @throws ConfigurationError when the file cannot be written, or is being changed
 */
function changeFile<T>(path: string, change: () => Change<T>): T {
  const target = attempt(path, () => realpathSync(path));
  const next = `${target}.new`;
  // The next file is the lock, too: it can be made by one only.
  const descriptor = attempt(next, () => openSync(next, 'wx', 0o600));
  try {
    try {
      const { text, result } = change();
      attempt(path, () => {
        const { uid, gid } = statSync(target);
        writeFileSync(descriptor, text);
        if (process.platform !== 'win32') chownSync(next, uid, gid);
        fsyncSync(descriptor);
        renameSync(next, target);
        syncDirectory(dirname(target));
      });
      return result;
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new ConfigurationError(
      code === 'EEXIST'
        ? `${path} exists: the key-ring file is being changed by another process. If none is running, remove ${path}.`
        : `${path} cannot be written (${code}).`,
    );
  }
}

// The new name is on disk only once its directory is; Windows cannot open one.
function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A fresh version: 32 random bytes, made now. */
function newKeyVersion(): LocalKeyVersion {
  return { createdAt: new Date().toISOString(), material: randomBytes(32).toString('base64') };
}
