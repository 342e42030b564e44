import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { constants } from 'node:os';

/**
 * Waits for a line; when its input ends without one, asks the process to end, and kills it after five
 * seconds.
 */
const guard = `
read -r line && exit
kill -"$2" "$1" 2>/dev/null
tenths=0
while [ "$tenths" -lt 50 ] && kill -0 "$1" 2>/dev/null; do sleep 0.1; tenths=$((tenths + 1)); done
kill -KILL "$1" 2>/dev/null
`;

/**
 * Makes sure that a child process does not outlive this one, however this one ends: also when it is killed,
 * and inside a test runner that keeps the `exit` event to itself.
 *
 * @param processId - of a child that this process started
 * @param signal - asks the child to end; five seconds later it is killed
 * @returns a function that calls the guard off, for when the child has ended
 */
export function endWithParent(processId: number, signal: NodeJS.Signals = 'SIGTERM'): () => void {
  return runAfterParent(guard, [String(processId), String(constants.signals[signal])]);
}

/**
 * Has a small shell do something once this process has ended, however it ends. The shell waits at the other
 * end of a pipe that closes with this process.
 *
 * @param script - for `/bin/sh`; its first line is to be `read -r line && exit`
 * @param args - the script's `$1` and so on
 * @returns a function that calls it off
 */
export function runAfterParent(script: string, args: readonly string[]): () => void {
  const child = spawn('/bin/sh', ['-c', script, 'sh', ...args], {
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
