import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { expect, it } from '@jest/globals';

const run = promisify(execFile);

/** A process in which nothing is under way but a request whose service holds no handle. */
const PROGRAM = `
const { Keyring, EnvelopeCodec, requestKeyService, keyRequestLimits } = require('@waxseal/core');
const never = () => requestKeyService({
  keyId: 'k',
  limits: keyRequestLimits({ attemptTimeout: '200ms', maxAttempts: 1 }, 'Key'),
  options: undefined,
  attempt: () => new Promise(() => undefined),
  reasonOf: () => 'unknown',
});
new EnvelopeCodec({ keyring: new Keyring({ primary: { id: 'k', bindsAad: false, wrap: never, unwrap: never } }) })
  .warmUp()
  .then(() => console.log('warm'), (error) => console.log(error.reason));`;

it('a process that waits for its first data key does not end without a word', async () => {
  const { stdout } = await run(process.execPath, ['-e', PROGRAM], { cwd: __dirname });
  expect(stdout.trim()).toBe('timeout');
});
