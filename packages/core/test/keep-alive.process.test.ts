import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { describe, expect, it } from '@jest/globals';

const run = promisify(execFile);

/** A process in which nothing is under way but a request whose service holds no handle; so many, in turn. */
const program = (limits: string, keyring: string, times: number): string => `
const { Keyring, EnvelopeCodec } = require('@waxseal/core');
const { requestKeyService } = require('@waxseal/core/provider');
const never = (_bytes, _aad, options) => requestKeyService({
  keyId: 'k',
  options: { ...options, limits: { ...options.limits, ...${limits} } },
  attempt: () => new Promise(() => undefined),
  explain: (cause) => ({ reason: 'unknown', cause }),
});
const primary = { id: 'k', bindsAad: false, wrap: never, unwrap: never };
const once = () => new EnvelopeCodec({ keyring: new Keyring({ primary, ${keyring} }) })
  .warmUp()
  .then(() => console.log('warm'), (error) => console.log(error.reason));
// One after the other: each has nothing but itself to keep the process.
(async () => { for (let count = 0; count < ${String(times)}; count++) await once(); })();`;

async function outputOf(text: string): Promise<string> {
  const { stdout } = await run(process.execPath, ['-e', text], { cwd: __dirname });
  return stdout.trim();
}

describe('a process that waits for its first data key does not end without a word', () => {
  it('by the deadline of an attempt', async () => {
    const requests = "requests: { attemptTimeout: '200ms', maxAttempts: 1 }";
    expect(await outputOf(program('{}', requests, 1))).toBe('timeout');
  });

  it.each<[string, string, string]>([
    ["the request's", '{ totalTimeoutMs: 50 }', ''],
    ["the keyring's", '{}', "requests: { totalTimeout: '50ms' }"],
  ])('by %s total deadline of 50 ms, twenty times', async (_whose, limits, keyring) => {
    const five = program(limits, keyring, 5);
    const outputs = await Promise.all(Array.from({ length: 4 }, () => outputOf(five)));
    expect(outputs.join('\n').split('\n')).toEqual(Array.from({ length: 20 }, () => 'timeout'));
  });
});
