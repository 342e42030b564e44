import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The user of the image. */
const USER = 65532;

/**
 * How a program is started as a container would: by what command, and which of the processes is the program.
 */
export interface Isolation {
  /** What it amounts to, for the name of a test. */
  readonly name: string;
  /** Command line that runs another, with nothing in its environment. */
  readonly wrap: (command: readonly string[]) => readonly [string, ...string[]];
  /** The process of the program, when the wrapper's is known. */
  readonly processOf: (wrapper: number) => number;
  /** What the kernel must say of it. */
  readonly proof: readonly RegExp[];
}

/**
 * Process 1 of its own process namespace, on a file system without a place to write, as a user without a name
 * or a right. Without root, or where namespaces are forbidden, a plain process of the same user as the tests.
 */
export function isolation(): Isolation {
  const namespaces = ['unshare', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child'];
  try {
    execFileSync('unshare', [...namespaces.slice(1), 'setpriv', '--version'], { stdio: 'ignore' });
  } catch {
    const name = 'as a plain process: this machine allows no namespaces of its own';
    return { name, wrap: (command) => ['env', '-i', ...command], processOf: (wrapper) => wrapper, proof: [] };
  }
  const user = ['--reuid', '--regid'].map((flag) => `${flag}=${String(USER)}`);
  const rights = ['--clear-groups', '--no-new-privs', '--bounding-set=-all'];
  // Every file system that can be written becomes read-only, as far as this namespace sees it.
  const readOnly = `
    awk '$4 ~ /^rw/ { print $2 }' /proc/mounts | while read -r path; do
      mount -o remount,bind,ro "$path" 2>/dev/null || [ "$path" != / ] || exit 1
    done
    exec "$@"`;
  return {
    name: 'as process 1 of a user without rights, on a read-only file system',
    wrap: (command) => [
      ...(namespaces as [string, ...string[]]),
      'sh',
      '-euc',
      readOnly,
      'sh',
      'setpriv',
      ...user,
      ...rights,
      'env',
      '-i',
      ...command,
    ],
    processOf: (wrapper) => {
      const id = String(wrapper);
      return Number(readFileSync(`/proc/${id}/task/${id}/children`, 'utf8').trim());
    },
    proof: [
      new RegExp(`^Uid:(\\s${String(USER)}){4}$`, 'm'),
      /^Groups:\s*$/m,
      /^NSpid:.*\s1$/m,
      /^CapEff:\s0+$/m,
      /^CapBnd:\s0+$/m,
      /^NoNewPrivs:\s1$/m,
      /^\S+ \/ \S+ ro[, ]/m,
    ],
  };
}
