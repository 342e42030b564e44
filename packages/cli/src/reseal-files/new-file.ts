import { constants } from 'node:fs';
import { link, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ConfigurationError } from '@waxseal/core';
import { attempt, type SourceFile } from './source-file';

const SUFFIX = '.waxseal-new';
/** In bytes. */
const WRITTEN_AT_ONCE = 1024 * 1024;

/**
 * A file that is written beside the one whose place it takes, and takes that place at once or not at all.
 * What an earlier process has left of it, which ended meanwhile, is taken away.
 */
export class NewFile {
  /** Where it is written: hidden, so that nobody takes it for a history. */
  readonly path: string;
  readonly #target: string;
  readonly #handle: FileHandle;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;

  private constructor(path: string, target: string, handle: FileHandle) {
    this.path = path;
    this.#target = target;
    this.#handle = handle;
  }

  /** @throws ConfigurationError when it cannot be written */
  static async create(target: string): Promise<NewFile> {
    await removeLeftOver(target);
    const path = pathOf(target, process.pid);
    return new NewFile(path, target, await attempt('written', () => open(path, 'wx', 0o600)));
  }

  /** @throws ConfigurationError when it cannot be written */
  async write(piece: Uint8Array): Promise<void> {
    this.#waiting.push(piece);
    this.#waitingBytes += piece.length;
    if (this.#waitingBytes >= WRITTEN_AT_ONCE) await this.#flush();
  }

  async #flush(): Promise<void> {
    const piece = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (let at = 0; at < piece.length;) {
      const { bytesWritten } = await attempt('written', () => this.#handle.write(piece, at));
      at += bytesWritten;
    }
  }

  /**
   * Gives it the mode of another file, and its owner where it takes that one's place. It is on the disk when
   * this returns.
   *
   * @throws ConfigurationError when it cannot be written, or may not be given to that owner
   */
  async finish({ stats }: SourceFile, keepsOwner: boolean): Promise<void> {
    await this.#flush();
    await attempt('written with its owner and mode', async () => {
      if (process.platform !== 'win32') {
        const [uid, gid] = [Number(stats.uid), Number(stats.gid)];
        const own = await this.#handle.stat();
        if (keepsOwner && (own.uid !== uid || own.gid !== gid)) await this.#handle.chown(uid, gid);
        await this.#handle.chmod(Number(stats.mode) & 0o7777);
      }
      await this.#handle.sync();
    });
    await this.#handle.close();
  }

  /** Takes the place of the file that is there. */
  async replace(): Promise<void> {
    await attempt('written', () => rename(this.path, this.#target));
    await syncFolder(dirname(this.#target));
  }

  /** @throws ConfigurationError where there is a file already */
  async takePlace(): Promise<void> {
    await attempt('written', async () => {
      try {
        await link(this.path, this.#target);
        await rm(this.path);
      } catch (error) {
        const { code = '' } = error as NodeJS.ErrnoException;
        if (code === 'EEXIST') throw new ConfigurationError('there is such a file already');
        if (!WITHOUT_LINKS.has(code)) throw error;
        if (await isThere(this.#target)) throw new ConfigurationError('there is such a file already');
        await rename(this.path, this.#target);
      }
    });
    await syncFolder(dirname(this.#target));
  }

  /** Takes it away again. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    await rm(this.path, { force: true }).catch(() => undefined);
  }
}

/** What file systems answer that have no hard links. */
const WITHOUT_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

function pathOf(target: string, pid: number): string {
  return join(dirname(target), `.${basename(target)}.${String(pid)}${SUFFIX}`);
}

async function removeLeftOver(target: string): Promise<void> {
  const folder = dirname(target);
  const begin = `.${basename(target)}.`;
  for (const name of await attempt('written', () => readdir(folder))) {
    if (!name.startsWith(begin) || !name.endsWith(SUFFIX)) continue;
    const pid = name.slice(begin.length, -SUFFIX.length);
    if (/^\d+$/.test(pid) && !isAnotherRunning(Number(pid))) await rm(join(folder, name), { force: true });
  }
}

function isAnotherRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Whether a file has a name that is to be made. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

// The new name is on disk only once its folder is; Windows cannot open one.
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await attempt('written', () => open(folder, constants.O_RDONLY));
  try {
    await attempt('written', () => handle.sync());
  } finally {
    await handle.close();
  }
}
