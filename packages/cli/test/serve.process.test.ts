import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { createLocalKeyringFile, LocalKey } from '@waxseal/local-key';
import { localKeyUri } from '@waxseal/config';
import { payloadOfJson, toProtojson } from '@waxseal/test-support';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { aFailure } from './support/a-failure';
import { ended, startWaxseal, waitForLine, waxseal } from './support/waxseal';

const directory = temporaryDirectory('waxseal cli, serve-');
let keyFile: string;
let oldKeyFile: string;

beforeAll(() => {
  keyFile = join(directory, 'keyring.json');
  oldKeyFile = join(directory, 'old.json');
  createLocalKeyringFile(keyFile, { id: 'orders' });
  createLocalKeyringFile(oldKeyFile, { id: 'old orders' });
});

/** A payload as a worker of a namespace encrypts it, in protojson. */
async function encrypt(file: string, namespace: string, text: string): Promise<object> {
  const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: LocalKey.fromFile(file) }) });
  const context = { type: 'workflow', namespace, workflowId: 'order-1' } as const;
  const [payload] = await codec.encode([payloadOfJson(text)], context);
  codec.close();
  return toProtojson(payload);
}

describe('waxseal serve', () => {
  it('decodes with keys from the environment, logs failures without secrets, and ends on Ctrl-C', async () => {
    const child = startWaxseal(
      [
        'serve',
        '--port',
        '0',
        '--allow-origin',
        'http://localhost:8233',
        '--namespace-alias',
        'orders-eu=orders',
      ],
      {
        WAXSEAL_PRIMARY_KEY: localKeyUri(keyFile, 'orders'),
        WAXSEAL_DECRYPT_KEYS: localKeyUri(oldKeyFile, 'old orders'),
      },
    );
    const end = ended(child);
    try {
      const [, url = ''] = await waitForLine(child, /Codec Server at (http:\/\/127\.0\.0\.1:\d+)\n/);
      const payloads = [
        await encrypt(keyFile, 'orders-eu', '"new"'),
        await encrypt(oldKeyFile, 'orders', '"old"'),
        { metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'InBsYWluIg==' },
      ];
      const post = (path: string) =>
        fetch(url + path, { method: 'POST', body: JSON.stringify({ payloads }) });
      const decoded = (await (await post('/orders-eu/decode')).json()) as { payloads: { data: string }[] };
      expect(decoded.payloads.map(({ data }) => Buffer.from(data, 'base64').toString())).toEqual([
        '"new"',
        '"old"',
        '"plain"',
      ]);
      expect((await post('/payments/decode')).status).toBe(422);
      expect((await post('/orders-eu/encode')).status).toBe(403);
    } finally {
      child.kill('SIGINT');
    }
    const { exitCode, stderr } = await end;
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^waxseal: request [\w-]+: 422 WAXSEAL_CONTEXT_MISMATCH: ".*namespace.*"\n/);
    expect(stderr.trimEnd().split('\n')).toHaveLength(2);
  });

  it('encodes when asked to', async () => {
    const child = startWaxseal([
      'serve',
      '--port',
      '0',
      '--allow-encode',
      '--primary-key',
      localKeyUri(keyFile, 'orders'),
    ]);
    const end = ended(child);
    try {
      const [, url = ''] = await waitForLine(child, /Codec Server at (\S+)\n/);
      const body = JSON.stringify({
        payloads: [{ metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'MQ==' }],
      });
      const encoded = await (await fetch(`${url}/orders/encode`, { method: 'POST', body })).text();
      expect(encoded).toContain(Buffer.from('binary/envelope').toString('base64'));
      const decoded = await fetch(`${url}/orders/decode`, { method: 'POST', body: encoded });
      await expect(decoded.text()).resolves.toBe(body);
    } finally {
      child.kill('SIGTERM');
    }
    expect((await end).exitCode).toBe(0);
  });

  it.each<[string, string[], string]>([
    ['no key', [], 'No key is named'],
    ['an unknown scheme', ['--primary-key', 'pgp:///x'], 'Known schemes: local://'],
    ['no URI', ['--primary-key', 'keyring.json'], 'not a URI'],
    ['a relative path', ['--primary-key', 'local:keyring.json'], 'absolute path'],
    ['a host', ['--primary-key', 'local://etc/keyring.json'], 'absolute path'],
    ['a missing file', ['--primary-key', 'local:///nonexistent/keyring.json'], 'waxseal keygen'],
    ['a bad escape', ['--primary-key', 'local:///a%ZZ'], 'percent-encoded'],
  ])('says in one line what to do about %s', async (_name, args, message) => {
    const { exitCode, stdout, stderr } = await waxseal(['serve', '--port', '0', ...args]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(aFailure('WAXSEAL_CONFIGURATION'));
    expect(stderr).toContain(message);
  });

  it('refuses the network, encoding without a primary key, and wrong origins', async () => {
    const uri = localKeyUri(keyFile, 'orders');
    const refusals = await Promise.all([
      waxseal(['serve', '--primary-key', uri, '--host', '0.0.0.0', '--port', '0']),
      waxseal(['serve', '--decrypt-key', uri, '--allow-encode']),
      waxseal(['serve', '--primary-key', uri, '--allow-origin', 'http://localhost:8233/']),
    ]);
    expect(refusals.map(({ exitCode }) => exitCode)).toEqual([1, 1, 1]);
    expect(refusals[0].stderr).toContain('no authentication');
    expect(refusals[1].stderr).toContain('--primary-key');
    expect(refusals[2].stderr).toContain('browsers send "http://localhost:8233"');
  });

  it.each([
    [['--port', '99999']],
    [['--namespace-alias', 'orders']],
    [['--decrypt-key', ' , ']],
    [['--no-such-option']],
  ])('exits with 2 on %j', async (args) => {
    await expect(waxseal(['serve', ...args])).resolves.toMatchObject({ exitCode: 2, stdout: '' });
  });
});
