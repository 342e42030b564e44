import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer as createNetServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { inspect } from 'node:util';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTlsTerminator } from '@waxseal/bring-up';
import { withLimits } from '@waxseal/conformance';
import { rejectionOf, startFreezingRelay, startHttpProxy } from '@waxseal/test-support';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import {
  makeLoopbackCertificate,
  startAwsCredentialSource,
  type AwsCredentialSource,
  type AwsCredentialSourceKind,
  type AwsKmsDoubleKey,
} from '@waxseal/testing';

import './support/errors-of-node';
import { AwsKmsKey, renewedCredentials } from '../src';
import { CREDENTIALS, kmsClient } from './support/kms-client';
import { kmsUnderTest } from './support/kms-under-test';

const AAD = Buffer.from('waxseal/v1/data-key');
const under = kmsUnderTest();
const folder = temporaryDirectory('waxseal-aws-');
const tokenFile = join(folder, 'token');
writeFileSync(tokenFile, 'x.y.z');

let source: AwsCredentialSource;
let managed: AwsKmsDoubleKey;
const before = { ...process.env };

beforeAll(async () => {
  source = await startAwsCredentialSource();
});
afterAll(async () => {
  await source.close();
});
beforeEach(() => {
  const { kms } = under();
  managed = kms.createKey();
  source.silent = 0;
  for (const name of Object.keys(process.env)) {
    if (/^AWS_|_proxy$/i.test(name)) Reflect.deleteProperty(process.env, name);
  }
  Object.assign(process.env, { HOME: folder, AWS_ENDPOINT_URL_KMS: kms.endpoint });
});
afterEach(() => {
  Object.assign(process.env, { HOME: before['HOME'] });
});

/** Who is asked to wrap, as an application is: by a URI and variables alone. */
function keyWith(environment: Readonly<Record<string, string>>): AwsKmsKey {
  Object.assign(process.env, environment);
  return AwsKmsKey.fromUri(`awskms:///${managed.arn}`);
}

const STATIC = {
  AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  AWS_SESSION_TOKEN: CREDENTIALS.sessionToken,
};
const KINDS: readonly AwsCredentialSourceKind[] = ['container', 'instance', 'web-identity'];

describe('a source of credentials that is silent for one request', () => {
  it.each(KINDS)('%s: the same request still succeeds, and the next', async (kind) => {
    const key = keyWith(source.environment(kind, tokenFile));
    source.silent = 1;
    const wrapped = await key.wrap(randomBytes(32), AAD);
    expect(await key.unwrap(wrapped, AAD)).toHaveLength(32);
  });

  it('a program of the profile: the next request succeeds', async () => {
    const program = join(folder, 'program.cjs');
    const says = { Version: 1, AccessKeyId: 'AKIDPROGRAM0000000001', SecretAccessKey: 's' };
    writeFileSync(
      program,
      `const fs = require('node:fs'); const mark = ${JSON.stringify(join(folder, 'asked'))};
       if (fs.existsSync(mark)) console.log(${JSON.stringify(JSON.stringify(says))});
       else { fs.writeFileSync(mark, ''); setTimeout(() => undefined, 30_000); }`,
    );
    const config = join(folder, 'config');
    writeFileSync(config, `[profile orders]\ncredential_process = exec ${process.execPath} ${program}\n`);
    const key = keyWith({ AWS_PROFILE: 'orders', AWS_CONFIG_FILE: config });
    await key.wrap(randomBytes(32), AAD);
    expect(under().kms.requests.at(-1)).toMatchObject({ accessKeyId: says.AccessKeyId });
  });

  it('and while it is silent, each request ends in its time and names the source', async () => {
    const key = withLimits(keyWith(source.environment('container')), { maxAttempts: 1 });
    source.silent = 1_000;
    const error = await rejectionOf(() => key.wrap(randomBytes(32), AAD));
    expect(error).toMatchObject({ reason: 'timeout' });
    expect(error.message).toContain('AWS_CONTAINER_CREDENTIALS_FULL_URI');
    source.silent = 0;
    await key.wrap(randomBytes(32), AAD);
  });

  it('and of a client that the application made, each request says so too', async () => {
    const { kms } = under();
    Object.assign(process.env, source.environment('container'));
    const client = kmsClient(kms.endpoint, 'eu-west-1', { credentials: () => new Promise(() => undefined) });
    const limits = { attemptTimeoutMs: 300, totalTimeoutMs: 400, maxAttempts: 1 };
    const key = withLimits(new AwsKmsKey({ client, keyId: managed.arn }), limits);
    const ciphertext = { keyId: managed.arn, bytes: randomBytes(61) };
    for (const ask of [
      () => key.wrap(randomBytes(32), AAD),
      () => key.unwrap(ciphertext, AAD),
      () => key.describe(),
      () => key.checkPermissions(AAD),
    ]) {
      const error = await rejectionOf(ask);
      expect(error).toMatchObject({ reason: 'timeout' });
      expect(error.message).toContain('credentials were not obtained');
    }
    client.destroy();
  });
});

describe('a client that the application made with renewedCredentials', () => {
  it('comes back as that of a URI does', async () => {
    Object.assign(process.env, source.environment('container'));
    source.silent = 1;
    const client = kmsClient(under().kms.endpoint, 'eu-west-1', { credentials: renewedCredentials() });
    await new AwsKmsKey({ client, keyId: managed.arn }).wrap(randomBytes(32), AAD);
    client.destroy();
  });
});

describe('a right that was taken and given back', () => {
  it('is there for the next request', async () => {
    const { kms } = under();
    const key = keyWith(STATIC);
    kms.deny('Encrypt');
    expect(await rejectionOf(() => key.wrap(randomBytes(32), AAD))).toMatchObject({ reason: 'denied' });
    kms.allow('Encrypt');
    await key.wrap(randomBytes(32), AAD);
  });
});

describe('a certificate that was rotated', () => {
  it('is taken by the next request', async () => {
    const { kms } = under();
    const [first, second] = [await makeLoopbackCertificate('first'), await makeLoopbackCertificate('second')];
    const front = await startTlsTerminator({
      upstream: new URL(kms.endpoint).host,
      protocols: ['http/1.1'],
      cert: first.certificate,
      key: first.privateKey,
    });
    const endpoint = `https://127.0.0.1:${String(front.port)}`;
    const httpsAgent = { ca: [first.certificate, second.certificate] };
    const client = kmsClient(endpoint, 'eu-west-1', { requestHandler: { httpsAgent } });
    const key = new AwsKmsKey({ client, keyId: managed.arn });
    await key.wrap(randomBytes(32), AAD);
    front.useCertificate({ cert: second.certificate, key: second.privateKey });
    front.disconnectAll();
    await key.wrap(randomBytes(32), AAD);
    client.destroy();
    await front.close();
  });
});

describe('credentials that the service calls out of date', () => {
  it.each(['ExpiredTokenException', 'ExpiredToken', 'UnrecognizedClientException', 'InvalidClientTokenId'])(
    '%s: are asked for anew, once, and the request is repeated',
    async (name) => {
      const { kms } = under();
      const key = withLimits(keyWith(source.environment('container')), { maxAttempts: 1 });
      const wrapped = await key.wrap(randomBytes(32), AAD);
      kms.expireCredentials(name);
      const [issued, asked] = [source.issued.length, kms.requests.length];
      await Promise.all([key.unwrap(wrapped, AAD), key.unwrap(wrapped, AAD)]);
      expect(source.issued.length - issued).toBe(1);
      expect(kms.requests.length - asked).toBe(4);
    },
  );

  it('and cannot be replaced: denied, and the message says where they come from', async () => {
    const { kms } = under();
    const key = keyWith(STATIC);
    await key.wrap(randomBytes(32), AAD);
    kms.expireCredentials();
    const asked = kms.requests.length;
    const error = await rejectionOf(() => key.wrap(randomBytes(32), AAD));
    expect(error).toMatchObject({ reason: 'denied' });
    expect(error.message).toContain('AWS_ACCESS_KEY_ID');
    expect(kms.requests.length - asked).toBe(1);
  });
});

describe('a network that loses connections', () => {
  it('costs one attempt, however many connections were open', async () => {
    const { kms } = under();
    const relay = await startFreezingRelay(Number(new URL(kms.endpoint).port));
    const key = keyWith({ ...STATIC, AWS_ENDPOINT_URL_KMS: `http://127.0.0.1:${String(relay.port)}` });
    const hasty = withLimits(key, { attemptTimeoutMs: 500, totalTimeoutMs: 3_000, maxAttempts: 2 });
    await Promise.all(Array.from({ length: 8 }, () => key.wrap(randomBytes(32), AAD)));
    relay.freeze();
    const made = relay.connections;
    await hasty.wrap(randomBytes(32), AAD);
    expect(relay.connections - made).toBe(1);
    await relay.close();
  });

  it('or that does not know a name for a while', async () => {
    const key = withLimits(keyWith({ ...STATIC, AWS_ENDPOINT_URL_KMS: 'http://kms.invalid' }), {
      maxAttempts: 1,
    });
    expect(await rejectionOf(() => key.wrap(randomBytes(32), AAD))).toMatchObject({ reason: 'unavailable' });
    const { kms } = under();
    const proxy = await startHttpProxy({ 'kms.invalid:80': Number(new URL(kms.endpoint).port) });
    process.env['HTTP_PROXY'] = proxy.url;
    await key.wrap(randomBytes(32), AAD);
    await proxy.close();
  });
});

describe('a proxy of the environment', () => {
  it.each(['HTTP_PROXY', 'http_proxy', 'ALL_PROXY'])(
    '%s is gone through, and may come back',
    async (name) => {
      const { kms } = under();
      const proxy = await startHttpProxy({ 'kms.invalid:80': Number(new URL(kms.endpoint).port) });
      const key = withLimits(
        keyWith({ ...STATIC, AWS_ENDPOINT_URL_KMS: 'http://kms.invalid', [name]: proxy.url }),
        { maxAttempts: 1 },
      );
      await key.wrap(randomBytes(32), AAD);
      proxy.answers = 'reset';
      proxy.cut();
      expect(await rejectionOf(() => key.wrap(randomBytes(32), AAD))).toMatchObject({
        reason: 'unavailable',
      });
      proxy.answers = 'tunnel';
      await key.wrap(randomBytes(32), AAD);
      expect(new Set(proxy.asked)).toEqual(new Set(['kms.invalid:80']));
      await proxy.close();
    },
  );

  it('is asked for STS, and never for the agent of the container', async () => {
    const { kms } = under();
    const port = (url: string): number => Number(new URL(url).port);
    const proxy = await startHttpProxy({
      'kms.invalid:80': port(kms.endpoint),
      'sts.invalid:80': port(source.url),
    });
    const way = { AWS_ENDPOINT_URL_KMS: 'http://kms.invalid', HTTP_PROXY: proxy.url };
    await keyWith({ ...way, ...source.environment('container') }).wrap(randomBytes(32), AAD);
    expect(proxy.asked).toEqual(['kms.invalid:80']);
    Reflect.deleteProperty(process.env, 'AWS_CONTAINER_CREDENTIALS_FULL_URI');
    await keyWith({
      ...way,
      ...source.environment('web-identity', tokenFile),
      AWS_ENDPOINT_URL_STS: 'http://sts.invalid',
    }).wrap(randomBytes(32), AAD);
    expect(proxy.asked.slice(1)).toEqual(['sts.invalid:80', 'kms.invalid:80']);
    await proxy.close();
  });

  it.each(['kms.invalid', '.invalid', '*.invalid', 'kms.invalid:80', '*'])(
    'is not asked where NO_PROXY is %s',
    async (noProxy) => {
      const proxy = await startHttpProxy();
      const environment = { AWS_ENDPOINT_URL_KMS: 'http://kms.invalid', HTTP_PROXY: proxy.url };
      const key = withLimits(keyWith({ ...STATIC, ...environment, NO_PROXY: noProxy }), { maxAttempts: 1 });
      const error = await rejectionOf(() => key.wrap(randomBytes(32), AAD));
      expect(error).toMatchObject({ reason: 'unavailable' });
      expect(proxy.asked).toEqual([]);
      await proxy.close();
    },
  );

  it('that falls silent keeps no connection of a request that ended, and may come back', async () => {
    const open = new Set<Socket>();
    let isSilent = true;
    const proxy = createNetServer((socket) => {
      open.add(socket);
      socket.on('error', () => undefined).once('close', () => open.delete(socket));
      socket.once('data', () => {
        if (!isSilent) socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n');
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const HTTP_PROXY = `http://127.0.0.1:${String((proxy.address() as AddressInfo).port)}`;
    const key = keyWith({ ...STATIC, AWS_ENDPOINT_URL_KMS: 'http://kms.invalid', HTTP_PROXY });
    const hasty = withLimits(key, { attemptTimeoutMs: 300, totalTimeoutMs: 400, maxAttempts: 1 });
    const asked = Array.from({ length: 60 }, () => rejectionOf(() => hasty.wrap(randomBytes(32), AAD)));
    expect(new Set((await Promise.all(asked)).map(({ reason }) => reason))).toEqual(new Set(['timeout']));
    const since = performance.now();
    await Promise.all(Array.from(open, (socket) => once(socket, 'close')));
    // Ended with its request, and not by the time for CONNECT.
    expect(performance.now() - since).toBeLessThan(2_500);
    isSilent = false;
    const error = await rejectionOf(() => withLimits(key, { maxAttempts: 1 }).wrap(randomBytes(32), AAD));
    expect(error).toMatchObject({ reason: 'unavailable' });
    await new Promise((resolve) => proxy.close(resolve));
  });

  it.each([
    ['ALL_PROXY', 'socks5://user:s3cret@127.0.0.1:1080'],
    ['HTTP_PROXY', 'http://user:s3cret@bad host:1'],
    ['http_proxy', 'http://us%er:s3cret@127.0.0.1:1'],
  ])('%s=%s is refused by the name of the variable', async (name, value) => {
    const key = keyWith({ ...STATIC, AWS_ENDPOINT_URL_KMS: 'http://kms.invalid', [name]: value });
    const error = await rejectionOf(() => withLimits(key, { maxAttempts: 1 }).wrap(randomBytes(32), AAD));
    expect(error).toMatchObject({ reason: 'unavailable' });
    expect(error.message).toContain(`${name} must be`);
    expect(inspect(error, { depth: 9 })).not.toContain('s3cret');
  });

  it('that speaks no HTTP is told from the service', async () => {
    const server = createNetServer((socket) => socket.resume().end('\x05\xff'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const HTTP_PROXY = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const key = keyWith({ ...STATIC, AWS_ENDPOINT_URL_KMS: 'http://kms.invalid', HTTP_PROXY });
    const error = await rejectionOf(() => withLimits(key, { maxAttempts: 1 }).wrap(randomBytes(32), AAD));
    expect(error).toMatchObject({ reason: 'unavailable' });
    expect(error.message).toContain('The proxy of HTTP_PROXY');
    await new Promise((resolve) => server.close(resolve));
  });

  it.each(['localhost', '127.0.0.1', '[::1]'])('is not asked for this machine: %s', async (host) => {
    const proxy = await startHttpProxy({});
    const { port } = new URL(under().kms.endpoint);
    const way = { AWS_ENDPOINT_URL_KMS: `http://${host}:${port}`, HTTP_PROXY: proxy.url };
    const key = withLimits(keyWith({ ...STATIC, ...way }), { maxAttempts: 1 });
    await key.wrap(randomBytes(32), AAD).catch(() => undefined);
    expect(proxy.asked).toEqual([]);
    await proxy.close();
  });

  it('that refuses is told from the service', async () => {
    const proxy = await startHttpProxy();
    proxy.answers = 502;
    const environment = { AWS_ENDPOINT_URL_KMS: 'http://kms.invalid', HTTP_PROXY: proxy.url };
    const key = withLimits(keyWith({ ...STATIC, ...environment }), { maxAttempts: 1 });
    const error = await rejectionOf(() => key.wrap(randomBytes(32), AAD));
    expect(error).toMatchObject({ reason: 'unavailable' });
    expect(error.message).toContain('HTTPS_PROXY');
    await proxy.close();
  });
});
