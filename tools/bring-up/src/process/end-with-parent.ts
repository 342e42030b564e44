import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

/**
 * Waits for a line; when its input ends without one, asks the process to end, and kills it after five
 * seconds.
 */
const guard = `
read -r line && exit
kill -TERM "$1" 2>/dev/null
tenths=0
while [ "$tenths" -lt 50 ] && kill -0 "$1" 2>/dev/null; do sleep 0.1; tenths=$((tenths + 1)); done
kill -KILL "$1" 2>/dev/null
`;

/**
 * Makes sure that a child process does not outlive this one, however this one ends: also when it is killed,
 * and inside a test runner that keeps the `exit` event to itself. A small shell waits at the other end of a
 * pipe that closes with this process.
 *
 * @param processId - of a child that this process started
 * @returns a function that calls the guard off, for when the child has ended
 */
export function endWithParent(processId: number): () => void {
  const child = spawn('/bin/sh', ['-c', guard, 'sh', String(processId)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  if (child.stdin instanceof Socket) {
    child.stdin.unref();
  }
  return () => {
    child.stdin.end('ended\n');
  };
}
