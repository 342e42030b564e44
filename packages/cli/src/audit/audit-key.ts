import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { ConfigurationError } from '@waxseal/core';

const MIN_BYTES = 32;
const MAX_BYTES = 4096;
const OTHERS = 0o007;

/**
 * Reads the secret that an audit log's lines are signed with: the bytes of a file without line feeds at its
 * end, such as `openssl rand -hex 32` writes.
 *
 * @throws ConfigurationError when it cannot be read, everybody may read it, or it is too short or too long
 */
export function readAuditKey(path: string): Uint8Array {
  const name = `The key of the audit log (--audit-key-file) ${JSON.stringify(path)}`;
  const key = withoutLineFeeds(readSmall(path, name));
  if (key.length < MIN_BYTES || key.length > MAX_BYTES) {
    throw new ConfigurationError(
      `${name} must have ${String(MIN_BYTES)} to ${String(MAX_BYTES)} bytes. Make one: (umask 077; openssl rand -hex 32 > audit.key)`,
    );
  }
  return key;
}

function readSmall(path: string, name: string): Buffer {
  let file: number | undefined;
  try {
    // A pipe would be waited for.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (process.platform !== 'win32' && (fstatSync(file).mode & OTHERS) !== 0) {
      throw new ConfigurationError(`${name} may be used by everybody. Run "chmod o-rwx" on it.`);
    }
    const bytes = Buffer.alloc(MAX_BYTES + 2);
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, null));
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new ConfigurationError(`${name} cannot be read: ${code}.`, { cause });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

const LINE_FEED = 0x0a;
const RETURN = 0x0d;

function withoutLineFeeds(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === LINE_FEED || bytes[end - 1] === RETURN)) end -= 1;
  return bytes.subarray(0, end);
}
