import { spawn } from 'node:child_process';

/**
 * Runs one step to its end and prints one line with its name and time. Ctrl-C reaches the step itself, which may have
 * something to clean up; this process waits for it.
 *
 * @param {string} name - for the line
 * @param {string[]} command - what `program` runs
 * @param {{ program?: string, args?: string[], shown?: boolean }} [options] - `program` is Node when left out
 * @returns {Promise<number>} the step's exit code; 128 and the signal's number when a signal ended it
 */
export async function runStep(name, command, { program = process.execPath, args = [], shown = false } = {}) {
  const started = performance.now();
  const child = spawn(program, [...command, ...args], {
    stdio: shown ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  });
  const output = [];
  child.stdout?.on('data', (chunk) => output.push(chunk));
  child.stderr?.on('data', (chunk) => output.push(chunk));
  const forward = (signal) => child.kill(signal);
  const ignore = () => undefined;
  process.on('SIGINT', ignore).on('SIGTERM', forward).on('SIGHUP', forward);
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      output.push(Buffer.from(`${program}: ${error.message}\n`));
      resolve(127);
    });
    child.once('close', (exitCode, signal) => resolve(exitCode ?? 128 + (signalNumbers[signal] ?? 0)));
  });
  process.off('SIGINT', ignore).off('SIGTERM', forward).off('SIGHUP', forward);
  if (code !== 0) {
    process.stderr.write(Buffer.concat(output));
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6);
  console.log(`${code === 0 ? 'done  ' : 'FAILED'} ${name.padEnd(28)}${seconds} s`);
  return code;
}

const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };
