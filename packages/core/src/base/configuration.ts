import { readFileSync, realpathSync, statSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { msToNumber } from '@temporalio/common/lib/time';
import { ConfigurationError } from './errors';

/** A duration as Temporal takes it: text such as `'1h'` or `'30 minutes'`, or a number of milliseconds. */
export type Duration = string | number;

/**
 * Refuses options that do not exist: a misspelt security option must not pass for an absent one.
 *
 * @param given the user's options
 * @param known names of all options
 * @param describe an option's name as it stands in the message
 * @throws ConfigurationError that names the first unknown option, and all known ones
 */
export function assertKnownOptions(
  given: object,
  known: ReadonlySet<string>,
  describe: (name: string) => string,
): void {
  const unknown = Object.keys(given).find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `${describe(unknown)} is not an option; there are ${[...known].join(', ')}.`,
    );
  }
}

/**
 * A duration in whole milliseconds.
 *
 * @param field name of the option, for the message
 * @param most longest duration, as text
 * @throws ConfigurationError when it is no duration, below 1 ms or above `most`
 */
export function durationMs(field: string, value: Duration, most: string): number {
  const milliseconds = parse(value);
  if (!(milliseconds >= 1 && milliseconds <= parse(most))) {
    throw new ConfigurationError(
      `${field} must be a duration from 1 ms to ${most}, such as '2s' or a number of milliseconds.`,
    );
  }
  return Math.ceil(milliseconds);
}

/**
 * A whole number from 1 on.
 *
 * @param field name of the option, for the message
 * @throws ConfigurationError when it is none, or above `most`
 */
export function countOf(field: string, value: unknown, most: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= most) return value;
  throw new ConfigurationError(`${field} must be a whole number from 1 to ${String(most)}.`);
}

function parse(value: Duration): number {
  try {
    return msToNumber(value as Parameters<typeof msToNumber>[0]);
  } catch {
    return Number.NaN;
  }
}

const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;
/** In such a directory only the owner of a file can replace it. */
const STICKY = 0o1000;

/**
 * Refuses a file that another user could have written or could replace: it decides which keys wrap, or is
 * run. The file, its directory and the directories above it must belong to this process's user or to root,
 * and no other user may write to them; a directory such as `/tmp`, in which only owners replace files, will
 * do. A symbolic link is followed, and the directory that it stands in is looked at too.
 *
 * On a file system that is mounted read-only, as ConfigMaps, secrets and volumes with `:ro` are, no
 * process can change what the operator of the container has put there, whatever user owns it.
 *
 * A group may write where it is the owner's own, with the number of the user, as Debian and Red Hat make
 * them. On Windows, which has no such modes, nothing is checked.
 *
 * @param path of a file that is there
 * @param what the file, for the message
 * @throws ConfigurationError that names the path and the command that mends it
 */
export function assertTrustedFile(path: string, what: string): void {
  const user = process.geteuid?.();
  if (user === undefined) return;
  const real = realpathSync(path);
  const paths = new Set([real, ...directoriesAbove(real), ...directoriesAbove(realpathSync(dirname(path)))]);
  paths.add(realpathSync(dirname(path)));
  for (const each of paths) {
    const complaint = complaintAbout(each, statSync(each), user);
    if (complaint !== undefined && !isMountedReadOnly(each)) {
      throw new ConfigurationError(`${what} ${JSON.stringify(path)} is not used: ${complaint}`);
    }
  }
}

function directoriesAbove(path: string): string[] {
  const above = dirname(path);
  return above === path ? [] : [above, ...directoriesAbove(above)];
}

function complaintAbout(path: string, status: Stats, user: number): string | undefined {
  const { uid, gid, mode } = status;
  const name = JSON.stringify(path);
  if (uid !== 0 && uid !== user) {
    return `${name} belongs to user ${String(uid)}, and this process runs as user ${String(user)}. Run "chown ${String(user)} ${name}", or run as that user.`;
  }
  if (status.isDirectory() && (mode & STICKY) !== 0) return undefined;
  if ((mode & OTHERS_WRITE) !== 0) return `everybody can write to ${name}. Run "chmod o-w ${name}".`;
  if ((mode & GROUP_WRITES) !== 0 && gid !== uid) {
    return `group ${String(gid)} can write to ${name}. Run "chmod g-w ${name}".`;
  }
  return undefined;
}

/**
 * Whether a path is on a file system that is mounted read-only, as ConfigMaps, secrets and volumes with `:ro`
 * are. Only Linux tells. What a user has mounted (FUSE) counts for nothing.
 *
 * @param mounts text of /proc/self/mountinfo (proc(5))
 */
export function isMountedReadOnly(path: string, mounts: string = ownMounts()): boolean {
  let longest = '';
  let isReadOnly = false;
  for (const line of mounts.split('\n')) {
    const [front = '', back = ''] = line.split(' - ');
    const [, , , , point, options = ''] = front.split(' ');
    const [type = '', , superOptions = ''] = back.split(' ');
    if (point === undefined) continue;
    const place = point.replace(/\\([0-7]{3})/g, (_match, octal: string) =>
      String.fromCharCode(parseInt(octal, 8)),
    );
    const holds = path === place || path.startsWith(place.endsWith('/') ? place : `${place}/`);
    // Of two mounts on one place, the later one is seen.
    if (!holds || place.length < longest.length) continue;
    longest = place;
    isReadOnly =
      !type.startsWith('fuse') && [options, superOptions].some((list) => list.split(',').includes('ro'));
  }
  return isReadOnly;
}

function ownMounts(): string {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8');
  } catch {
    return '';
  }
}

/**
 * Parses JSON that a person may have written.
 *
 * @param fail makes the error: gets the place, such as `line 3, column 14`. The text is in no message: it can
 *   hold keys.
 * @throws what `fail` makes
 */
export function parseJson(text: string, fail: (where: string) => Error): unknown {
  // Editors of Windows write one, and RFC 8259 §8.1 lets a parser ignore it.
  const json = text.replace(/^\uFEFF/, '');
  try {
    return JSON.parse(json);
  } catch {
    const before = json.slice(0, errorOffset(json)).split(/\r\n|\r|\n/);
    throw fail(`line ${String(before.length)}, column ${String((before.at(-1) ?? '').length + 1)}`);
  }
}

/** Where JSON goes wrong. V8 tells it in some of its messages only, so beginnings of the text are tried. */
function errorOffset(json: string): number {
  let [good, bad] = [0, json.length];
  if (isBeginning(json)) return json.length;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (isBeginning(json.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

/** Whether a text can be continued to JSON, or is JSON. */
function isBeginning(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const { message } = error as SyntaxError;
    const offset = /at position (\d+)/.exec(message)?.[1];
    return offset === undefined ? message.includes('end of JSON input') : Number(offset) >= text.length;
  }
}
