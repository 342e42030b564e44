import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { KMSClient } from '@aws-sdk/client-kms';
import { AwsKmsKey } from '@waxseal/aws-kms';
import { Keyring, type KeyringRequestOptions } from '@waxseal/core';

import type { Scene } from '../attack';

/** What a target tells of itself. */
export interface Vitals {
  /** Longest time for which work held the event loop since the last question, in milliseconds. */
  readonly stallMs: number;
  readonly rssMiB: number;
}

/** A process that is attacked. */
export interface Target {
  /** What it said when it was ready. */
  readonly ready: string;
  /** Asks how it is, and begins to measure anew. */
  vitals(): Promise<Vitals>;
  stop(): Promise<void>;
}

/**
 * Starts a target in a process of its own, so that what it is put through does not hold up the attacker.
 *
 * @param name of the module beside this one
 * @param environment what it needs besides the key
 */
export async function startTarget(
  name: 'server' | 'worker',
  { kms, key, cleanUp }: Scene,
  environment: NodeJS.ProcessEnv = {},
): Promise<Target> {
  const child = fork(join(__dirname, `${name}.js`), {
    env: {
      ...process.env,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      ATTACKS_KMS: kms.endpoint,
      ATTACKS_KEY: key.arn,
      ...environment,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await closed;
    clearTimeout(timer);
  };
  cleanUp.add(stop);
  const ready = (await nextMessage(child)) as string;
  return {
    ready,
    stop,
    vitals: async () => {
      child.send('vitals');
      return (await nextMessage(child)) as Vitals;
    },
  };
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (): void => {
      reject(new Error('The target has ended.'));
    };
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message);
    });
  });
}

/** A keyring of one key of the double of AWS KMS. */
export function keyringOf(endpoint: string, keyId: string, requests: KeyringRequestOptions = {}): Keyring {
  const client = new KMSClient({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIDDOUBLE0000000001', secretAccessKey: 'secret-access-key-of-the-double' },
    maxAttempts: 1,
  });
  return new Keyring({ primary: new AwsKmsKey({ client, keyId }), requests });
}

/** In a target: its keyring, by the variables that {@link startTarget} sets. */
export function keyringOfTarget(): Keyring {
  return keyringOf(variable('ATTACKS_KMS'), variable('ATTACKS_KEY'));
}

/** In a target: says that it is ready, and answers questions from then on. */
export function tellParent(ready: string): void {
  const longestHold = watchEventLoop();
  process.on('message', () => {
    process.send?.({
      stallMs: longestHold(),
      rssMiB: process.memoryUsage.rss() / 2 ** 20,
    } satisfies Vitals);
  });
  process.send?.(ready);
}

/**
 * Watches for how long the event loop is held by work. A machine that lets others run meanwhile holds it too,
 * but then its thread has used less processor time than has gone by, and only that counts.
 *
 * @returns gives the longest hold since it was asked last, in milliseconds
 */
function watchEventLoop(): () => number {
  const everyMs = 5;
  let longestMs = 0;
  let at = performance.now();
  let used = processorMs();
  const look = (): void => {
    const now = performance.now();
    const usedNow = processorMs();
    longestMs = Math.max(longestMs, Math.min(now - at - everyMs, usedNow - used));
    at = now;
    used = usedNow;
  };
  setInterval(look, everyMs).unref();
  return () => {
    // A question that came during a hold is read before the timer.
    look();
    const answer = longestMs;
    longestMs = 0;
    return answer;
  };
}

/** The main thread's first number there is its time on a processor, in nanoseconds. */
const SCHEDULED = `/proc/self/task/${String(process.pid)}/schedstat`;

/**
 * Processor time of the thread of the event loop. Where the system does not tell, that of the whole process,
 * in which a Worker's other threads count too.
 */
function processorMs(): number {
  try {
    return Number(readFileSync(SCHEDULED, 'latin1').split(' ')[0]) / 1e6;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
}

/** In a target: a variable that must be set. */
export function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set.`);
  return value;
}
