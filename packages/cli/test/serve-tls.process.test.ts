import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { createTestAuthority, type IssuedCertificate, type TestAuthority } from '@waxseal/bring-up';
import { localKeyUri } from '@waxseal/config';
import { createLocalKeyringFile } from '@waxseal/local-key';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { aFailure } from './support/a-failure';
import { askHttps } from './support/ask-https';
import { ended, startWaxseal, waitForLine, waxseal } from './support/waxseal';

const ALICE = 'spiffe://example.com/alice';

const directory = temporaryDirectory();
let keys: string;
let authority: TestAuthority;
let alice: IssuedCertificate;

beforeAll(async () => {
  keys = join(directory, 'keys.json');
  createLocalKeyringFile(keys, { id: 'orders' });
  authority = await createTestAuthority('Waxseal CLI test');
  write('first', await issue('first'));
  writeFileSync(file('ca.crt'), authority.certPem);
  alice = await authority.issue({ commonName: 'alice', uris: [ALICE], usage: 'client' });
});
const file = (name: string) => join(directory, name);
const issue = (commonName: string) =>
  authority.issue({ commonName, ipAddresses: ['127.0.0.1'], usage: 'server' });

function write(name: string, { certPem, keyPem }: IssuedCertificate): void {
  writeFileSync(file(`${name}.crt`), certPem);
  writeFileSync(file(`${name}.key`), keyPem);
}

/** Writes a configuration file and gives its path. */
function configure(name: string, server: object): string {
  const path = file(`${name}.json`);
  writeFileSync(
    path,
    JSON.stringify({ primaryKey: localKeyUri(keys, 'orders'), server: { port: 0, ...server } }),
  );
  return path;
}

describe('waxseal serve with TLS', () => {
  it('knows clients by their certificates, limits them, takes a new certificate, and drains', async () => {
    write('server', await issue('before'));
    const config = configure('mtls', {
      tls: {
        certFile: file('server.crt'),
        keyFile: file('server.key'),
        clientCaFile: file('ca.crt'),
        reloadInterval: '200ms',
      },
      auth: [{ type: 'client-certificate', subject: 'uri' }],
      authorize: [{ principals: [ALICE], namespaces: ['orders'], operations: ['decode'] }],
      rateLimit: { requestsPerSecond: 0.01, burst: 2 },
    });
    const child = startWaxseal(['serve', '--config', config, '--drain-delay', '1s']);
    const end = ended(child);
    const ca = authority.certPem;
    const mine = { ca, cert: alice.certPem, key: alice.keyPem };
    const [, url = ''] = await waitForLine(child, /Codec Server at (https:\/\/127\.0\.0\.1:\d+)\n/);
    try {
      expect(await askHttps(`${url}/orders/decode`, mine, '{}')).toBe(200);
      expect(await askHttps(`${url}/orders/decode`, { ca }, '{}')).toBe(401);
      expect(await askHttps(`${url}/billing/decode`, mine, '{}')).toBe(403);
      expect(await askHttps(`${url}/orders/decode`, mine, '{}')).toBe(429);
      write('server', await issue('after'));
      await sleep(1_000);
      expect(await askHttps(`${url}/readyz`, { ca })).toBe(200);
    } finally {
      child.kill('SIGTERM');
    }
    await sleep(300);
    expect(await askHttps(`${url}/readyz`, { ca })).toBe(503);
    expect(await askHttps(`${url}/healthz`, { ca })).toBe(200);
    const { exitCode, stderr } = await end;
    expect(exitCode).toBe(0);
    expect(stderr).toContain('TLS: new connections get the new certificate, which is valid until 20');
    expect(await askHttps(`${url}/healthz`, { ca })).toBe('ECONNREFUSED');
  });

  it('takes files from the command line, and says when they become unusable', async () => {
    const config = configure('flags', { tls: { certFile: '/nonexistent', reloadInterval: '200ms' } });
    const args = ['--tls-cert', file('first.crt'), '--tls-key', file('first.key')];
    const child = startWaxseal(['serve', '--config', config, ...args]);
    const end = ended(child);
    try {
      const [, url = ''] = await waitForLine(child, /Codec Server at (https:\S+)\n/);
      expect(await askHttps(`${url}/orders/decode`, { ca: authority.certPem }, '{}')).toBe(200);
      writeFileSync(file('first.crt'), 'half');
      await sleep(1_000);
      expect(await askHttps(`${url}/orders/decode`, { ca: authority.certPem }, '{}')).toBe(200);
    } finally {
      child.kill('SIGTERM');
    }
    const { exitCode, stderr } = await end;
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /TLS: the files changed and cannot be used; .* tls\.certFile holds no certificate in PEM/,
    );
    expect(stderr).not.toContain('PRIVATE KEY');
    write('first', await issue('first'));
  });

  it('says in one line what is missing', async () => {
    const uri = localKeyUri(keys, 'orders');
    const serve = (...args: string[]) => waxseal(['serve', '--primary-key', uri, '--port', '0', ...args]);
    const pair = ['--tls-cert', file('first.crt'), '--tls-key', file('first.key')];
    const results = await Promise.all([
      serve('--tls-cert', file('first.crt')),
      serve('--tls-cert', file('none.crt'), '--tls-key', file('first.key')),
      serve(...pair, '--tls-client-ca', file('ca.crt')),
      serve('--drain-delay', 'soon'),
      waxseal(['serve', '--config', configure('old', { tls: { minVersion: 'TLSv1' } })]),
      waxseal(['serve', '--config', configure('text', { tls: { cert: 'PEM' } })]),
    ]);
    for (const { exitCode, stdout, stderr } of results) {
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr).toMatch(aFailure('WAXSEAL_CONFIGURATION'));
    }
    const said = results.map(({ stderr }) => stderr);
    expect(said[0]).toContain('tls.keyFile is missing');
    expect(said[1]).toContain('none.crt" cannot be read (ENOENT)');
    expect(said[2]).toContain('nothing looks at them');
    expect(said[3]).toContain('drainDelay must be a duration');
    expect(said[4]).toContain('server.tls.minVersion');
    expect(said[5]).toContain('server.tls');
  });
});
