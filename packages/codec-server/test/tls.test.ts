import { createPrivateKey } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createTestAuthority,
  type CertificateRequest,
  type IssuedCertificate,
  type TestAuthority,
} from '@waxseal/bring-up';
import {
  createCodecServer,
  listen,
  type ListeningCodecServer,
  type TlsOptions,
  type TlsReload,
} from '../src';
import { CertificateFolder } from './support/certificate-folder';
import { askHttps } from './support/https';
import { MaskCodec } from './support/mask-codec';

const DAY_MS = 86_400_000;
const running: ListeningCodecServer[] = [];

let authority: TestAuthority;
let first: IssuedCertificate;

function issue(commonName: string, request: Partial<CertificateRequest> = {}): Promise<IssuedCertificate> {
  return authority.issue({ commonName, ipAddresses: ['127.0.0.1'], usage: 'server', ...request });
}

function folderOf(content: IssuedCertificate): CertificateFolder {
  const folder = new CertificateFolder(content);
  return folder;
}

async function start(tls: TlsOptions): Promise<ListeningCodecServer> {
  const listening = await listen(createCodecServer({ codec: new MaskCodec() }), { port: 0, tls });
  running.push(listening);
  return listening;
}

/** Starts a server on a folder, and collects what it says about changes. */
async function watch(folder: CertificateFolder) {
  const reloads: TlsReload[] = [];
  const { certFile, keyFile } = folder;
  const onReload = (reload: TlsReload) => reloads.push(reload);
  const { url } = await start({ certFile, keyFile, reloadInterval: '200ms', onReload });
  const told = async (count: number) => {
    for (let waited = 0; reloads.length < count && waited < 10_000; waited += 50) await sleep(50);
    return reloads;
  };
  return { url, reloads, told };
}

beforeAll(async () => {
  authority = await createTestAuthority('Waxseal test authority');
  first = await issue('first');
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

describe('listen with tls', () => {
  it.each(['files', 'texts'])('serves HTTPS with %s', async (kind) => {
    const { certFile, keyFile } = folderOf(first);
    const { url } = await start(
      kind === 'files' ? { certFile, keyFile } : { cert: first.certPem, key: first.keyPem },
    );
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const answer = await askHttps(url, { ca: authority.certPem });
    expect(answer).toMatchObject({ status: 200, json: { payloads: [{}] }, server: 'first' });
  });

  it('speaks TLS 1.2 and 1.3, nothing older, and no plain HTTP', async () => {
    const { url } = await start({ cert: first.certPem, key: first.keyPem });
    const ca = authority.certPem;
    await expect(askHttps(url, { ca, maxVersion: 'TLSv1.2' })).resolves.toMatchObject({ status: 200 });
    await expect(askHttps(url, { ca, minVersion: 'TLSv1.3' })).resolves.toMatchObject({ status: 200 });
    await expect(askHttps(url, { ca, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' })).rejects.toThrow();
    await expect(fetch(url.replace('https', 'http'))).rejects.toThrow();
  });

  it('speaks TLS 1.3 only, when told to', async () => {
    const { url } = await start({ cert: first.certPem, key: first.keyPem, minVersion: 'TLSv1.3' });
    const ca = authority.certPem;
    await expect(askHttps(url, { ca })).resolves.toMatchObject({ status: 200 });
    await expect(askHttps(url, { ca, maxVersion: 'TLSv1.2' })).rejects.toMatchObject({
      code: 'EPROTO',
    });
  });

  it('survives who connects and says nothing, or nonsense', async () => {
    const { url } = await start({ cert: first.certPem, key: first.keyPem });
    const silent = connect(Number(new URL(url).port), '127.0.0.1');
    const nonsense = connect(Number(new URL(url).port), '127.0.0.1');
    nonsense.on('error', () => undefined);
    silent.on('error', () => undefined);
    const ended = new Promise((resolve) => nonsense.once('close', resolve));
    const silentEnded = new Promise((resolve) => silent.once('close', resolve));
    nonsense.write('GET / HTTP/1.1\r\n\r\n');
    await ended;
    await expect(askHttps(url, { ca: authority.certPem })).resolves.toMatchObject({ status: 200 });
    await running.splice(0)[0]?.close();
    await silentEnded;
  });
});

describe('a certificate that cannot be used', () => {
  const now = Date.now();
  it.each<[string, () => Promise<object> | object]>([
    [
      'tls.certFile: "/nonexistent/tls.crt" cannot be read (ENOENT)',
      () => ({ certFile: '/nonexistent/tls.crt', key: first.keyPem }),
    ],
    [
      'tls.keyFile: "/nonexistent/tls.key" cannot be read (ENOENT)',
      () => ({ cert: first.certPem, keyFile: '/nonexistent/tls.key' }),
    ],
    [
      'tls.clientCaFile: "/nonexistent/ca.crt" cannot be read',
      () => ({ ...pair(first), clientCaFile: '/nonexistent/ca.crt' }),
    ],
    ['tls.certFile is missing', () => ({ key: first.keyPem })],
    ['tls.keyFile is missing', () => ({ cert: first.certPem })],
    ['tls has cert and certFile', () => ({ ...pair(first), certFile: '/a' })],
    ['tls.certs is not an option', () => ({ ...pair(first), certs: [] })],
    ['tls.cert must be', () => ({ cert: 7, key: first.keyPem })],
    ['tls.minVersion', () => ({ ...pair(first), minVersion: 'TLSv1.1' })],
    ['tls.reloadInterval', () => ({ ...pair(first), reloadInterval: '10ms' })],
    ['tls.onReload', () => ({ ...pair(first), onReload: 'log' })],
    ['tls.cert holds no certificate in PEM', () => ({ cert: first.keyPem, key: first.keyPem })],
    [
      'tls.cert holds no certificate in PEM',
      () => ({ cert: first.certPem.replace('MII', 'MMM'), key: first.keyPem }),
    ],
    ['tls.key holds no private key in PEM', () => ({ cert: first.certPem, key: first.certPem })],
    ['tls.key holds no private key in PEM', () => ({ cert: first.certPem, key: encrypted(first.keyPem) })],
    [
      'tls.key is not the key of the first certificate in tls.cert',
      async () => ({ cert: first.certPem, key: (await issue('other')).keyPem }),
    ],
    [
      'tls.cert holds a certificate that expired on 20',
      async () => pair(await issue('old', { notAfter: new Date(now - 60_000) })),
    ],
    [
      'tls.cert holds a certificate that is valid only from 20',
      async () =>
        pair(await issue('new', { notBefore: new Date(now + DAY_MS), notAfter: new Date(now + 2 * DAY_MS) })),
    ],
    [
      "tls.clientCa holds a certificate that is no authority's",
      () => ({ ...pair(first), clientCa: first.certPem }),
    ],
  ])('%s (case %#)', async (message, makeTls) => {
    const tls: object = await makeTls();
    const isForClients = 'clientCa' in tls || 'clientCaFile' in tls;
    const server = createCodecServer({
      codec: new MaskCodec(),
      ...(isForClients
        ? { auth: [{ type: 'client-certificate', subject: 'uri' }], authorize: () => true }
        : {}),
    });
    const error: unknown = await listen(server, { port: 0, tls }).then(
      (listening) => {
        running.push(listening);
      },
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
    expect(String(error)).toContain(message);
    const [, secret = 'none'] = first.keyPem.split('\n');
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain(secret.slice(0, 30));
  });
});

describe('a certificate that changes', () => {
  it.each(['write', 'move', 'swap'] as const)(
    'is used for new connections after a %s, and no request fails',
    async (how) => {
      const folder = folderOf(first);
      if (how === 'swap') folder.swap(first);
      const { url, told } = await watch(folder);
      const second = await issue('second', { notAfter: new Date(Date.now() + 2 * DAY_MS) });
      const ca = authority.certPem;
      const kept = new Agent({ keepAlive: true, maxSockets: 4, maxCachedSessions: 0 });
      const keeper = new Agent({ keepAlive: true, maxSockets: 1, maxCachedSessions: 0 });
      const before = await askHttps(url, { ca, agent: keeper });
      let isOver = false;
      const seen = new Map<string, number>();
      const load = async (agent?: Agent) => {
        while (!isOver) {
          const { status, server } = await askHttps(url, { ca, ...(agent === undefined ? {} : { agent }) });
          seen.set(`${server} ${String(status)}`, (seen.get(`${server} ${String(status)}`) ?? 0) + 1);
          await sleep(2);
        }
      };
      const loads = [load(), load(), load(kept), load(kept)];
      await sleep(200);
      folder[how](second);
      const reloads = await told(1);
      await sleep(300);
      const after = await askHttps(url, { ca, agent: keeper });
      isOver = true;
      await Promise.all(loads);
      kept.destroy();
      keeper.destroy();
      expect(reloads).toHaveLength(1);
      expect(reloads[0]?.error).toBeUndefined();
      expect(Math.abs(Number(reloads[0]?.notAfter) - Date.now() - 2 * DAY_MS)).toBeLessThan(60_000);
      expect([...seen.keys()].sort()).toEqual(['first 200', 'second 200']);
      expect(before).toMatchObject({ server: 'first', isReused: false });
      expect(after).toMatchObject({ server: 'first', isReused: true });
    },
  );

  it('keeps the old one while the new is broken, says so once, and takes it when it is mended', async () => {
    const folder = folderOf(first);
    const { url, reloads, told } = await watch(folder);
    const second = await issue('second');
    const ca = authority.certPem;
    writeFileSync(folder.certFile, second.certPem);
    await told(1);
    expect(reloads[0]?.error).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
    expect(reloads[0]?.error?.message).toContain('tls.keyFile is not the key');
    await sleep(700);
    expect(reloads).toHaveLength(1);
    await expect(askHttps(url, { ca })).resolves.toMatchObject({ status: 200, server: 'first' });
    rmSync(folder.keyFile);
    await told(2);
    expect(reloads[1]?.error?.message).toContain('cannot be read (ENOENT)');
    folder.write(await issue('expired', { notAfter: new Date(Date.now() - 60_000) }));
    await told(3);
    expect(reloads[2]?.error?.message).toContain('expired');
    await expect(askHttps(url, { ca })).resolves.toMatchObject({ status: 200, server: 'first' });
    folder.write(second);
    await told(4);
    expect(reloads[3]?.error).toBeUndefined();
    await expect(askHttps(url, { ca })).resolves.toMatchObject({ status: 200, server: 'second' });
  });

  it('is not reported when it is only half written for a moment, and a listener that throws does no harm', async () => {
    const folder = folderOf(first);
    const { certFile, keyFile } = folder;
    const told: TlsReload[] = [];
    const { url } = await start({
      certFile,
      keyFile,
      reloadInterval: '200ms',
      onReload: (reload) => {
        told.push(reload);
        throw new Error('log is full');
      },
    });
    const second = await issue('second');
    writeFileSync(certFile, second.certPem.slice(0, 200));
    await sleep(250);
    folder.write(second);
    await sleep(700);
    expect(told.map(({ error }) => error)).toEqual([undefined]);
    await expect(askHttps(url, { ca: authority.certPem })).resolves.toMatchObject({ server: 'second' });
  });
});

function pair({ certPem, keyPem }: IssuedCertificate): { cert: string; key: string } {
  return { cert: certPem, key: keyPem };
}

function encrypted(keyPem: string): string {
  return createPrivateKey(keyPem)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
    .toString();
}
