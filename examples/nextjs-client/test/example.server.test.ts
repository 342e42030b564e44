import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startAwsKmsDouble, type AwsKmsDouble } from '@waxseal/testing';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { build } from 'esbuild';
import { storedInput } from './support/stored-input';

const directory = temporaryDirectory();
let kms: AwsKmsDouble;

beforeAll(async () => {
  kms = await startAwsKmsDouble();
});
afterAll(() => kms.close());

/** Asks the route once, as Next.js does. */
const ASK = `
const { POST } = require(process.argv[1]);
const body = JSON.stringify({ card: '4242 4242 4242 4242' });
POST(new Request('http://localhost/api/orders', { method: 'POST', body })).then(async (response) => {
  console.log(JSON.stringify([response.status, await response.json()]));
  process.exit(0);
});
`;

// Next.js itself builds it in example.managers.test.ts.
it('the route starts a workflow whose input is an envelope, in one file', async () => {
  const outfile = join(directory, 'route.cjs');
  const entry = join(__dirname, '../app/api/orders/route.ts');
  await build({ entryPoints: [entry], bundle: true, platform: 'node', outfile, logLevel: 'error' });
  const env = {
    ...process.env,
    TEMPORAL_ADDRESS: process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'],
    WAXSEAL_PRIMARY_KEY: `awskms:///${kms.createKey().arn}?id=orders`,
    AWS_ENDPOINT_URL: kms.endpoint,
    AWS_ACCESS_KEY_ID: 'AKIDTEST',
    AWS_SECRET_ACCESS_KEY: 'any',
  };
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', ASK, outfile], {
    env,
    cwd: directory,
  });
  const [status, { workflowId }] = JSON.parse(stdout) as [number, { workflowId: string }];
  expect(status).toBe(201);
  expect(await storedInput(workflowId, '4242')).toEqual(['binary/envelope', false]);
}, 120_000);
