import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestAuthority } from '@waxseal/bring-up';
import { type HttpProxy, startHttpProxy } from '@waxseal/test-support';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { startAwsKmsDouble, type AwsKmsDouble } from '@waxseal/testing';

/** Wraps three times, one after the other, and prints what came of it. */
const PROGRAM = `
const { AwsKmsKey } = require('@waxseal/aws-kms');
const key = AwsKmsKey.fromUri(process.argv[1]);
const wrap = () => key.wrap(Buffer.alloc(32), Buffer.of(1), { limits: { maxAttempts: 1 } });
wrap().then(wrap).then(wrap).then(
  () => console.log('wrapped'),
  (error) => console.log(error.reason),
);`;

/** Only the proxy knows where it is. */
const HOST = 'kms.invalid';

let kms: AwsKmsDouble;
let tls: Server;
let proxy: HttpProxy;
let target: string;
const folder = temporaryDirectory('waxseal-proxy-');

beforeAll(async () => {
  kms = await startAwsKmsDouble();
  const authority = await createTestAuthority('Waxseal test authority');
  const names = { commonName: HOST, dnsNames: [HOST] };
  const { certPem: cert, keyPem: key } = await authority.issue({ ...names, usage: 'server' });
  writeFileSync(join(folder, 'ca.pem'), authority.certPem);
  tls = createServer({ cert, key }, (socket) => {
    const way = connect(Number(new URL(kms.endpoint).port), '127.0.0.1');
    for (const one of [socket, way]) one.on('error', () => undefined);
    socket.pipe(way).pipe(socket);
  });
  await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
  const port = (tls.address() as AddressInfo).port;
  target = `${HOST}:${String(port)}`;
  proxy = await startHttpProxy({ [target]: port });
});
afterAll(async () => {
  await proxy.close();
  await kms.close();
  await new Promise((resolve) => tls.close(resolve));
});

async function run(environment: Readonly<Record<string, string>>): Promise<string> {
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
    AWS_ACCESS_KEY_ID: 'AKIDDOUBLE0000000001',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL_KMS: `https://${target}`,
    ...environment,
  };
  const uri = `awskms:///${kms.createKey().arn}`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', PROGRAM, uri], {
    cwd: __dirname,
    env,
  });
  return stdout.trim();
}

it.each(['HTTPS_PROXY', 'https_proxy'])('AWS KMS is asked through %s, by one tunnel', async (name) => {
  const asked = proxy.asked.length;
  expect(await run({ [name]: proxy.url })).toBe('wrapped');
  expect(proxy.asked.slice(asked)).toEqual([target]);
});

it('but not where NO_PROXY names its host', async () => {
  const asked = proxy.asked.length;
  expect(await run({ HTTPS_PROXY: proxy.url, no_proxy: HOST })).toBe('unavailable');
  expect(proxy.asked.length).toBe(asked);
});
