import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(__dirname, '../../..');

/**
 * Wraps and unwraps with one key, made of its URI, once for each line of standard input. Names that end in
 * `.test` are known only where `names` of a line says so, and are this machine's then.
 */
const PROGRAM = `
const dns = require('node:dns');
const known = new Set();
const answer = (name) => known.has(name) ? undefined : Object.assign(new Error('getaddrinfo ENOTFOUND ' + name), { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: name });
const { lookup } = dns;
dns.lookup = (name, options, callback) => {
  if (!name.endsWith('.test')) return lookup(name, options, callback);
  const done = typeof options === 'function' ? options : callback;
  const error = answer(name);
  const all = options !== null && typeof options === 'object' && options.all === true;
  process.nextTick(() => error ? done(error) : all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4));
};
const promised = dns.promises.lookup;
dns.promises.lookup = async (name, options) => {
  if (!name.endsWith('.test')) return promised(name, options);
  const error = answer(name);
  if (error) throw error;
  return options?.all ? [{ address: '127.0.0.1', family: 4 }] : { address: '127.0.0.1', family: 4 };
};
const { keyFromUri } = require('@waxseal/config');
const { inspect } = require('node:util');
const AAD = Buffer.from('waxseal/v1/data-key');
const chain = (error) => error instanceof Error ? [error.message, ...chain(error.cause)] : [];
(async () => {
  let key;
  for await (const line of require('node:readline').createInterface({ input: process.stdin })) {
    const { limits, names = [], forget, times = 1 } = JSON.parse(line);
    for (const name of names) known.add(name);
    if (forget !== undefined) {
      known.delete(forget);
      continue;
    }
    const start = performance.now();
    let result;
    try {
      key ??= await keyFromUri(process.env.KEY_URI);
      const dataKey = Buffer.alloc(32, 7);
      const options = limits === undefined ? undefined : { limits };
      const [wrapped] = await Promise.all(Array.from({ length: times }, () => key.wrap(dataKey, AAD, options)));
      result = { ok: dataKey.equals(Buffer.from(await key.unwrap(wrapped, AAD, options))), keyId: wrapped.keyId };
    } catch (error) {
      result = { ok: false, reason: error.reason ?? error.code, chain: chain(error), shown: inspect(error, { depth: 12, showHidden: true }) };
    }
    console.log(JSON.stringify({ ...result, ms: performance.now() - start }));
  }
})();
`;

/** What came of one data key that was wrapped and unwrapped. */
export interface KeyOutcome {
  readonly ok: boolean;
  /** Key ID that would be recorded; only where it is `ok`. */
  readonly keyId?: string;
  /** `reason` of a `KeyServiceError`, or the code of another error. */
  readonly reason?: string;
  /** Messages of the error and its causes. */
  readonly chain?: readonly string[];
  /** All that a runtime would print of the error. */
  readonly shown?: string;
  readonly ms: number;
}

/** A process of its own, with one key. */
export interface KeyProcess {
  /**
   * Wraps a data key and unwraps it.
   *
   * @param limits of each of the two requests; the defaults where they are left out
   * @param names that end in `.test` and are known from now on, as this machine's
   */
  ask(limits?: object, ...names: readonly string[]): Promise<KeyOutcome>;
  /** As {@link KeyProcess.ask}, with so many data keys that are wrapped at once. */
  askAtOnce(times: number): Promise<KeyOutcome>;
  /** Makes a name unknown again that {@link KeyProcess.ask} made known. */
  forget(name: string): void;
  /** Ends it. */
  close(): Promise<void>;
}

/**
 * Starts a process of Node.js that makes a key of a URI, as applications do that name their keys in the
 * environment. The packages must be built.
 *
 * @param environment beside `PATH`; nothing else of this process's own is there
 */
export function startKeyProcess(uri: string, environment: NodeJS.ProcessEnv = {}): KeyProcess {
  const child: ChildProcess = spawn(process.execPath, ['-e', PROGRAM], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', ...environment, KEY_URI: uri },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => {
      resolve();
    }),
  );
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  const send = async (line: object): Promise<KeyOutcome> => {
    child.stdin?.write(`${JSON.stringify(line)}\n`);
    const { value, done } = (await lines.next()) as { value?: string; done?: boolean };
    if (done === true || value === undefined) throw new Error(`The process ended: ${complaint}`);
    return JSON.parse(value) as KeyOutcome;
  };
  return {
    ask: (limits, ...names) => send({ limits, names }),
    askAtOnce: (times) => send({ times }),
    forget: (name) => {
      child.stdin?.write(`${JSON.stringify({ forget: name })}\n`);
    },
    close: async () => {
      child.stdin?.end();
      child.kill();
      await ended;
    },
  };
}
