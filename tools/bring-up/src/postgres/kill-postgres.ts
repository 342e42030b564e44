import { readdirSync, readFileSync } from 'node:fs';
import { runCommand } from '../process';

/**
 * Kills a server and every process of it at once, as when its machine loses power: none has a last word.
 *
 * @param processId - of the server's first process, the postmaster
 */
export async function killPostgres(processId: number): Promise<void> {
  // Stopped, it starts no more children while they are looked for.
  send(processId, 'SIGSTOP');
  const children = await childrenOf(processId);
  for (const each of [processId, ...children]) send(each, 'SIGKILL');
}

function send(processId: number, signal: NodeJS.Signals): void {
  try {
    process.kill(processId, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The processes that a process has started and that still run. */
export async function childrenOf(processId: number): Promise<number[]> {
  const pairs = process.platform === 'linux' ? fromProc() : await fromPs();
  return pairs.filter(([, parent]) => parent === processId).map(([child]) => child);
}

/** Process and parent, of all processes. */
function fromProc(): [number, number][] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(name)]);
}

function parentOf(name: string): number {
  try {
    const status = readFileSync(`/proc/${name}/stat`, 'utf8');
    // The name of the program, in brackets, may hold spaces and brackets: proc(5).
    return Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}

async function fromPs(): Promise<[number, number][]> {
  const lines = (await runCommand('ps', ['-A', '-o', 'pid=,ppid='])).trim().split('\n');
  return lines.map((line) => {
    const [child = 0, parent = 0] = line.trim().split(/\s+/).map(Number);
    return [child, parent];
  });
}
