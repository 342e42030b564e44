import { randomUUID } from 'node:crypto';
import { chown, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runAfterParent } from '../end-with-parent';
import { BringUpError } from '../find';
import { runCommand, type SystemUser } from '../process';

const CHUNK = Buffer.alloc(2 ** 20, 1);

/**
 * Waits until the server of a folder (`$1`) has ended, which {@link ClusterFolder} does not see to; then
 * removes its shared memory, its disk and the folder.
 */
const REMOVE = `
read -r line && exit
tenths=0
while [ "$tenths" -lt 80 ] && [ -d "$1" ] && pid=$(head -n 1 "$1/disk/data/postmaster.pid" 2>/dev/null) &&
  [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; do sleep 0.1; tenths=$((tenths + 1)); done
id=$(sed -n '7s/^ *[0-9]* *//p' "$1/disk/data/postmaster.pid" 2>/dev/null)
[ -z "$id" ] || ipcrm -m "$id" 2>/dev/null
umount -l "$1/disk" 2>/dev/null
rm -rf "$1"
`;

/** The files of one server, in a temporary folder that goes when this process ends, at the latest. */
export class ClusterFolder {
  /** Holds what is written beside the data. */
  readonly path: string;
  readonly #user: SystemUser | undefined;
  readonly #isMount: boolean;
  readonly #callOff: () => void;

  private constructor(path: string, user: SystemUser | undefined, isMount: boolean) {
    this.path = path;
    this.#user = user;
    this.#isMount = isMount;
    this.#callOff = runAfterParent(REMOVE, [path]);
  }

  /**
   * Makes one.
   *
   * @param user - who owns it; this process's user when `undefined`
   * @param diskMegabytes - the data are on a disk of that size, in memory; needs root. On the disk of the
   *   temporary folder when `undefined`
   * @throws BringUpError when the disk cannot be made
   */
  static async create(user: SystemUser | undefined, diskMegabytes?: number): Promise<ClusterFolder> {
    const path = await mkdtemp(join(tmpdir(), 'waxseal-postgres-'));
    const folder = new ClusterFolder(path, user, diskMegabytes !== undefined);
    try {
      await mkdir(join(path, 'disk'), { mode: 0o700 });
      if (diskMegabytes !== undefined) await mountDisk(join(path, 'disk'), diskMegabytes);
      for (const each of [path, join(path, 'disk')]) await folder.#own(each);
      return folder;
    } catch (error) {
      await folder.remove();
      throw error;
    }
  }

  /** The server's data directory, which this class does not make. */
  get data(): string {
    return join(this.path, 'disk', 'data');
  }

  /**
   * Writes a file that only the server may read.
   *
   * @param name - relative to the folder
   * @returns its path
   */
  async write(name: string, text: string | Uint8Array): Promise<string> {
    const path = join(this.path, name);
    await writeFile(path, text, { mode: 0o600 });
    await this.#own(path);
    return path;
  }

  /** Adds to the end of a file. */
  async append(name: string, text: string): Promise<void> {
    await writeFile(join(this.path, name), text, { flag: 'a' });
  }

  /**
   * Fills the disk to its last byte.
   *
   * @throws Error when the data have no disk of their own
   */
  async fillDisk(): Promise<void> {
    if (!this.#isMount)
      throw new Error('Start the server with `diskMegabytes`: only such a disk may be filled.');
    const file = await open(join(this.path, 'disk', 'filling'), 'a');
    try {
      for (let bytes = CHUNK; bytes.length > 0;) {
        const written = await file.write(bytes).then(
          ({ bytesWritten }) => bytesWritten,
          (error: unknown) => {
            if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return 0;
            throw error;
          },
        );
        if (written === 0) bytes = bytes.subarray(0, Math.floor(bytes.length / 2));
      }
    } finally {
      await file.close();
    }
  }

  /** Takes away what {@link ClusterFolder.fillDisk} wrote. */
  async emptyDisk(): Promise<void> {
    await rm(join(this.path, 'disk', 'filling'), { force: true });
  }

  /** Removes everything. The server must have ended. */
  async remove(): Promise<void> {
    await removeSharedMemory(join(this.data, 'postmaster.pid'));
    if (this.#isMount) await runCommand('umount', ['-l', join(this.path, 'disk')]).catch(() => undefined);
    await rm(this.path, { recursive: true, force: true, maxRetries: 3 });
    this.#callOff();
  }

  async #own(path: string): Promise<void> {
    if (this.#user !== undefined) await chown(path, this.#user.uid, this.#user.gid);
  }
}

async function mountDisk(path: string, megabytes: number): Promise<void> {
  try {
    await runCommand('mount', [
      '-t',
      'tmpfs',
      '-o',
      `size=${String(megabytes)}m,mode=0700`,
      randomUUID(),
      path,
    ]);
  } catch (error) {
    const tried = [{ place: 'mount', reason: (error as Error).message }];
    throw new BringUpError(
      'A small disk cannot be mounted.',
      'Run this as root of a Linux that may mount.',
      tried,
    );
  }
}

/**
 * Removes the System V shared memory that a server leaves that was killed: the seventh line of its file names
 * it (PostgreSQL's `src/include/utils/pidfile.h`).
 */
async function removeSharedMemory(pidFile: string): Promise<void> {
  const text = await readFile(pidFile, 'utf8').catch(() => '');
  const id = text.split('\n')[6]?.trim().split(/\s+/)[1];
  if (id !== undefined) await runCommand('ipcrm', ['-m', id]).catch(() => undefined);
}
