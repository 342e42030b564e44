/** Starts one of the servers that are compared. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/**
 * @param {string} command program
 * @param {string[]} args its arguments
 * @param {boolean} isAsked whether it answers over IPC how much of the processor it has used
 * @returns {Promise<{ child: import('node:child_process').ChildProcess, pid: number }>} and what its first line says
 */
export async function startServer(command, args, isAsked = false) {
  const stdio = ['ignore', 'pipe', 'inherit', ...(isAsked ? ['ipc'] : [])];
  const child = spawn(command, args, { stdio });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${command} ${args.join(' ')} ended with ${code} before it was asked.`);
  });
  ended.catch(() => undefined);
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended]);
  return { child, pid: child.pid, ...JSON.parse(line) };
}
