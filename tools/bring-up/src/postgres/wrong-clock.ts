import { open, type FileHandle } from 'node:fs/promises';
import { findOnPath, BringUpError } from '../find';
import { runCommand } from '../process';
import type { ClusterFolder } from './cluster-folder';

/** What PostgreSQL asks for the time of day, plus the seconds that a file holds. */
const SOURCE = `
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *offset;

__attribute__((constructor)) static void open_offset(void) {
  const char *path = getenv("WAXSEAL_CLOCK_OFFSET");
  int file = path == NULL ? -1 : open(path, O_RDONLY);
  void *at = file < 0 ? MAP_FAILED : mmap(NULL, 8, PROT_READ, MAP_SHARED, file, 0);
  if (file >= 0) close(file);
  if (at != MAP_FAILED) offset = at;
}

static int64_t seconds(void) { return offset == NULL ? 0 : *offset; }

int clock_gettime(clockid_t clock, struct timespec *out) {
  int result = syscall(SYS_clock_gettime, clock, out);
  if (result == 0 && clock == CLOCK_REALTIME) out->tv_sec += seconds();
  return result;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone) {
  struct timespec now;
  (void)zone;
  int result = clock_gettime(CLOCK_REALTIME, &now);
  out->tv_sec = now.tv_sec;
  out->tv_usec = now.tv_nsec / 1000;
  return result;
}

time_t time(time_t *out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != NULL) *out = now.tv_sec;
  return now.tv_sec;
}
`;

/**
 * A clock that is wrong, for the processes of one server alone. Only their time of day is, not what they
 * wait.
 */
export class WrongClock {
  /** What makes a program read it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #offset: FileHandle;

  private constructor(environment: Readonly<Record<string, string>>, offset: FileHandle) {
    this.environment = environment;
    this.#offset = offset;
  }

  /**
   * Makes one that is right for now, in a server's folder.
   *
   * @throws BringUpError when there is no C compiler, or this is not Linux
   */
  static async create(folder: ClusterFolder): Promise<WrongClock> {
    const compiler = findCompiler();
    if (compiler === undefined) {
      const tried = [
        { place: '`cc`, `gcc`, `clang` on PATH', reason: 'there is none, or this is not Linux' },
      ];
      throw new BringUpError(
        'A server cannot have a wrong clock here.',
        "Install Debian's gcc and libc6-dev.",
        tried,
      );
    }
    const library = await folder.write('wrong-clock.so', '');
    const source = await folder.write('wrong-clock.c', SOURCE);
    await runCommand(compiler, ['-shared', '-fPIC', '-O1', '-o', library, source]);
    const path = await folder.write('clock-offset', new Uint8Array(8));
    return new WrongClock({ LD_PRELOAD: library, WAXSEAL_CLOCK_OFFSET: path }, await open(path, 'r+'));
  }

  /**
   * Sets it, also while the server runs.
   *
   * @param seconds - before the right time if negative
   */
  async set(seconds: number): Promise<void> {
    const bytes = new BigInt64Array([BigInt(Math.round(seconds))]);
    await this.#offset.write(new Uint8Array(bytes.buffer), 0, 8, 0);
  }

  /** Closes its file. */
  async close(): Promise<void> {
    await this.#offset.close();
  }
}

/** The C compiler with which {@link WrongClock} is made; `undefined` where it cannot be. */
export function findCompiler(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  if (process.platform !== 'linux') return undefined;
  return ['cc', 'gcc', 'clang']
    .map((name) => findOnPath(name, environment))
    .find((path) => path !== undefined);
}
