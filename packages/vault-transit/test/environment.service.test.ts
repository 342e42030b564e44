import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { withLimits } from '@waxseal/conformance';
import {
  createTestAuthority,
  startTlsTerminator,
  type IssuedCertificate,
  type TestAuthority,
  type TlsTerminator,
} from '@waxseal/bring-up';
import {
  startFreezingRelay,
  startHttpProxy,
  startKeyProcess,
  type FreezingRelay,
  type KeyProcess,
} from '@waxseal/test-support';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { VaultTransitKey } from '../src';
import { vault } from './support/vault';

const server = vault();
const folder = temporaryDirectory();
const LIMITS = { attemptTimeoutMs: 1_000, totalTimeoutMs: 6_000, maxAttempts: 3 };
/** Where silence is what is expected. */
const ONCE = { ...LIMITS, maxAttempts: 1 };
/** Where an answer is, however busy the machine. */
const PATIENT = { ...ONCE, attemptTimeoutMs: 5_000 };
const NAMES = { commonName: 'vault', dnsNames: ['localhost', 'vault.test'] };
const URI = 'vaulttransit://transit/orders';

let authority: TestAuthority;
let other: TestAuthority;
let certificate: IssuedCertificate;
let client: IssuedCertificate;
let front: TlsTerminator;
let demanding: TlsTerminator;
const ending: (() => Promise<void>)[] = [];

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

beforeAll(async () => {
  [authority, other] = await Promise.all([createTestAuthority('ours'), createTestAuthority('theirs')]);
  certificate = await authority.issue({ ...NAMES, usage: 'server' });
  client = await authority.issue({ commonName: 'worker', usage: 'client' });
  const own = {
    upstream: new URL(server().address).host,
    protocols: ['http/1.1'],
    cert: certificate.certPem,
    key: certificate.keyPem,
  } as const;
  front = await startTlsTerminator(own);
  demanding = await startTlsTerminator({ ...own, clientCa: authority.certPem });
  const { admin } = server();
  await admin('POST', 'transit/keys/orders', {});
  await admin('POST', 'sys/namespaces/team', {});
  await admin('POST', 'team/sys/mounts/transit', { type: 'transit' });
  await admin('POST', 'team/sys/mounts/pay/transit', { type: 'transit' });
  await admin('POST', 'team/transit/keys/orders', {});
  await admin('POST', 'team/pay/transit/keys/orders', {});
  file('ca.pem', authority.certPem);
  file('other.pem', other.certPem);
  file('cert.pem', client.certPem);
  file('key.pem', client.keyPem);
  mkdirSync(join(folder, 'authorities'));
  file('authorities/ours.pem', authority.certPem);
  file('authorities/README', 'no certificate');
}, 300_000);
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});
afterAll(() => Promise.all([front.close(), demanding.close()]));

const start = (environment: NodeJS.ProcessEnv, uri = URI): KeyProcess => {
  const key = startKeyProcess(uri, environment);
  ending.push(() => key.close());
  return key;
};
/** What a key of the environment comes to, in this process. */
const ask = async (
  over: NodeJS.ProcessEnv,
  uri = URI,
): Promise<{ keyId?: string; error?: Error & { reason?: string; code?: string } }> => {
  const environment = { VAULT_TOKEN: server().rootToken, VAULT_ADDR: server().address, ...over };
  try {
    const key = VaultTransitKey.fromUri(uri, environment);
    const { keyId } = await withLimits(key, PATIENT).wrap(Buffer.alloc(32, 7), Buffer.from('aad'));
    return { keyId };
  } catch (error) {
    return { error: error as Error };
  }
};
const tls = (environment: NodeJS.ProcessEnv, port = front.port): ReturnType<typeof ask> =>
  ask({ VAULT_ADDR: `https://localhost:${String(port)}`, ...environment });
const path = (name: string): string => join(folder, name);

describe('the variables of the command lines:', () => {
  it.each<[string, () => NodeJS.ProcessEnv, string, string]>([
    ['an address with a slash', () => ({ VAULT_ADDR: `${server().address}/` }), URI, 'transit'],
    ['an address with a line end', () => ({ VAULT_ADDR: `${server().address}\n` }), URI, 'transit'],
    ['a token with a line end', () => ({ VAULT_TOKEN: `${server().rootToken}\r\n` }), URI, 'transit'],
    [
      'empty names of Vault',
      () => ({ VAULT_ADDR: '', VAULT_TOKEN: '', BAO_ADDR: server().address, BAO_TOKEN: server().rootToken }),
      URI,
      'transit',
    ],
    [
      'names of OpenBao before those of Vault',
      () => ({ VAULT_ADDR: 'http://127.0.0.1:9', BAO_ADDR: server().address }),
      URI,
      'transit',
    ],
    ['an empty namespace', () => ({ VAULT_NAMESPACE: '' }), URI, 'transit'],
    ['a namespace', () => ({ VAULT_NAMESPACE: 'team' }), URI, 'team/transit'],
    ['a namespace with slashes', () => ({ VAULT_NAMESPACE: '/team/' }), URI, 'team/transit'],
    ['a namespace in the URI', () => ({}), 'vaulttransit://team/transit/orders', 'team/transit'],
    [
      'a namespace in both',
      () => ({ VAULT_NAMESPACE: 'team' }),
      'vaulttransit://team/transit/orders',
      'team/transit',
    ],
    [
      'a mount with a slash, as recorded',
      () => ({ VAULT_NAMESPACE: 'team' }),
      'vaulttransit://team/pay/transit/orders',
      'team/pay/transit',
    ],
    [
      'a mount with a slash, escaped',
      () => ({ VAULT_NAMESPACE: 'team' }),
      'vaulttransit://pay%2Ftransit/orders',
      'team/pay/transit',
    ],
  ])('%s', async (_what, environment, uri, recorded) => {
    expect(await ask(environment(), uri)).toEqual({ keyId: `vaulttransit://${recorded}/orders/v1` });
  });

  it.each<[string, () => NodeJS.ProcessEnv]>([
    ['VAULT_CACERT', () => ({ VAULT_CACERT: path('ca.pem') })],
    ['BAO_CACERT', () => ({ BAO_CACERT: path('ca.pem') })],
    ['VAULT_CACERT_BYTES', () => ({ VAULT_CACERT_BYTES: authority.certPem })],
    ['VAULT_CAPATH', () => ({ VAULT_CAPATH: path('authorities') })],
    ['VAULT_CACERT before VAULT_CAPATH', () => ({ VAULT_CACERT: path('ca.pem'), VAULT_CAPATH: '/nowhere' })],
    ['VAULT_SKIP_VERIFY=false', () => ({ VAULT_SKIP_VERIFY: 'false', VAULT_CACERT: path('ca.pem') })],
  ])('%s is trusted', async (_what, environment) => {
    expect(await tls(environment())).toEqual({ keyId: `${URI}/v1` });
  });

  it('VAULT_CLIENT_CERT and VAULT_CLIENT_KEY are shown to the server, also through a renewal', async () => {
    file('own-cert.pem', client.certPem);
    file('own-key.pem', client.keyPem);
    const key = start({
      VAULT_ADDR: `https://localhost:${String(demanding.port)}`,
      VAULT_TOKEN: server().rootToken,
      VAULT_CACERT: path('ca.pem'),
      VAULT_CLIENT_CERT: path('own-cert.pem'),
      VAULT_CLIENT_KEY: path('own-key.pem'),
    });
    expect(await key.ask()).toMatchObject({ ok: true });
    const theirs = await other.issue({ commonName: 'worker', usage: 'client' });
    // In between, the two do not fit.
    file('own-cert.pem', theirs.certPem);
    expect(await key.ask()).toMatchObject({ ok: true });
    file('own-key.pem', theirs.keyPem);
    expect(await key.ask(PATIENT)).toMatchObject({ ok: false, reason: 'unavailable' });
    file('own-cert.pem', client.certPem);
    file('own-key.pem', client.keyPem);
    expect(await key.ask()).toMatchObject({ ok: true });
  });

  it('VAULT_TLS_SERVER_NAME is the name in the certificate', async () => {
    const VAULT_ADDR = `https://127.0.0.1:${String(front.port)}`;
    const environment = { VAULT_ADDR, VAULT_CACERT: path('ca.pem'), VAULT_TLS_SERVER_NAME: 'localhost' };
    expect(await tls(environment)).toEqual({ keyId: `${URI}/v1` });
  });

  it.each<[string, () => NodeJS.ProcessEnv, string]>([
    ['VAULT_SKIP_VERIFY', () => ({ VAULT_SKIP_VERIFY: '1' }), 'VAULT_SKIP_VERIFY is not taken'],
    [
      'a file that is missing',
      () => ({ VAULT_CACERT: '/nowhere.pem' }),
      'tls.caFile (VAULT_CACERT): "/nowhere.pem" cannot be read (ENOENT)',
    ],
    [
      'a file without a certificate',
      () => ({ VAULT_CACERT: path('key.pem') }),
      'tls.caFile (VAULT_CACERT) holds no certificate',
    ],
    ['a directory without one', () => ({ VAULT_CAPATH: '/proc/self/fd' }), 'VAULT_CAPATH'],
    ['a certificate without its key', () => ({ VAULT_CLIENT_CERT: path('cert.pem') }), 'belong together'],
    [
      'a key that is not the certificate’s',
      () => ({ VAULT_CLIENT_CERT: path('ca.pem'), VAULT_CLIENT_KEY: path('key.pem') }),
      'are no certificate and its key',
    ],
  ])('%s is refused', async (_what, environment, says) => {
    const { error } = await tls(environment());
    expect(error?.code).toBe('WAXSEAL_CONFIGURATION');
    expect(error?.message).toContain(says);
  });

  it('a namespace in the URI that is not the variable’s is refused, with what to write', async () => {
    const { error } = await ask({ VAULT_NAMESPACE: 'admin' }, 'vaulttransit://team/transit/orders');
    expect(error?.message).toContain('names the namespace "team", and VAULT_NAMESPACE is "admin"');
    expect(error?.message).toContain('vaulttransit://team%2Ftransit/orders');
  });
});

describe('what is said where nothing answers:', () => {
  it.each<[string, () => NodeJS.ProcessEnv, string]>([
    ['an authority that is not trusted', () => ({}), 'Set VAULT_CACERT'],
    ['another authority', () => ({ VAULT_CACERT: path('other.pem') }), 'Set VAULT_CACERT'],
    [
      'another name',
      () => ({ VAULT_CACERT: path('ca.pem'), VAULT_TLS_SERVER_NAME: 'other.test' }),
      'VAULT_TLS_SERVER_NAME',
    ],
    [
      'HTTP to a port of HTTPS',
      () => ({ VAULT_ADDR: server().address.replace('http:', 'https:') }),
      'does not speak TLS',
    ],
    [
      'a client certificate that is wanted',
      () => ({ VAULT_ADDR: `https://localhost:${String(demanding.port)}`, VAULT_CACERT: path('ca.pem') }),
      'VAULT_CLIENT_CERT',
    ],
    [
      'a name that is not known',
      () => ({ VAULT_ADDR: 'https://unknown.invalid:8200' }),
      'The name is not known',
    ],
    ['a port where nothing listens', () => ({ VAULT_ADDR: 'https://localhost:1' }), 'Nothing listens there'],
  ])('%s', async (_what, environment, says) => {
    const { error } = await tls(environment());
    expect(error?.reason).toBe('unavailable');
    expect((error?.cause as Error).message).toContain(says);
    expect((error?.cause as Error).cause).toHaveProperty('message');
    expect(inspect(error, { depth: 12, showHidden: true })).not.toContain(server().rootToken);
  });
});

describe('after a fault has passed, the next request works:', () => {
  let relay: FreezingRelay;
  let key: KeyProcess;
  const begin = async (environment: NodeJS.ProcessEnv = {}): Promise<void> => {
    relay = await startFreezingRelay(front.port);
    ending.push(() => relay.close());
    key = start({
      VAULT_ADDR: `https://vault.test:${String(relay.port)}`,
      VAULT_TOKEN: server().rootToken,
      VAULT_CACERT: path('ca.pem'),
      ...environment,
    });
  };

  it('silence, a service that was away, a certificate that was not valid, a name that was not known', async () => {
    await begin();
    expect((await key.ask(PATIENT)).chain?.[1]).toContain('The name is not known');
    expect(await key.ask(undefined, 'vault.test')).toMatchObject({ ok: true });
    expect(await key.askAtOnce(6)).toMatchObject({ ok: true });
    const before = relay.connections;
    expect(before).toBeGreaterThan(4);
    relay.freeze();
    // However many there were, they cost one attempt.
    expect(await key.ask(ONCE)).toMatchObject({ ok: false, reason: 'timeout' });
    for (let count = 0; count < 3; count += 1) {
      expect(await key.ask(ONCE)).toMatchObject({ ok: true });
    }
    expect(relay.connections).toBeGreaterThan(before);

    const { upstream } = relay;
    relay.upstream = undefined;
    relay.freeze();
    for (let count = 0; count < 3; count += 1) expect((await key.ask(LIMITS)).ok).toBe(false);
    relay.upstream = upstream;
    expect(await key.ask(PATIENT)).toMatchObject({ ok: true });

    const expired = await authority.issue({
      ...NAMES,
      usage: 'server',
      notAfter: new Date(Date.now() - 60_000),
    });
    front.useCertificate({ cert: expired.certPem, key: expired.keyPem });
    front.disconnectAll();
    expect((await key.ask(LIMITS)).chain?.[1]).toContain("The server's certificate is not valid now");
    front.useCertificate({ cert: certificate.certPem, key: certificate.keyPem });
    front.disconnectAll();
    expect(await key.ask(PATIENT)).toMatchObject({ ok: true });
  });

  it('a login that is silent, and a token that is revoked', async () => {
    const { admin } = server();
    await admin('POST', 'auth/approle/role/orders', { token_policies: ['orders'] });
    await admin('POST', 'sys/policies/acl/orders', {
      policy: 'path "transit/*" { capabilities = ["update"] }',
    });
    const { data: role } = (await admin('GET', 'auth/approle/role/orders/role-id')) as {
      data: { role_id: string };
    };
    const { data: secret } = (await admin('POST', 'auth/approle/role/orders/secret-id', {})) as {
      data: { secret_id: string };
    };
    await begin({ VAULT_TOKEN: '', VAULT_ROLE_ID: role.role_id, VAULT_SECRET_ID: `${secret.secret_id}\n` });
    relay.freezeAll();
    const silent = await key.ask(ONCE, 'vault.test');
    expect(silent).toMatchObject({ ok: false, reason: 'timeout' });
    expect(silent.chain?.[1]).toContain('no answer within 900 ms. Check network and firewall');
    relay.thaw();
    expect(await key.ask(PATIENT)).toMatchObject({ ok: true });
    await admin('POST', 'auth/token/revoke-accessor', { accessor: await lastAccessor() });
    expect(await key.ask(PATIENT)).toMatchObject({ ok: true });
  });

  async function lastAccessor(): Promise<string> {
    const { admin } = server();
    const { data } = (await admin('GET', 'auth/token/accessors?list=true')) as { data: { keys: string[] } };
    for (const accessor of data.keys) {
      const { data: token } = (await admin('POST', 'auth/token/lookup-accessor', { accessor })) as {
        data: { path: string };
      };
      if (token.path === 'auth/approle/login') return accessor;
    }
    throw new Error('Nobody has logged in.');
  }

  it.each(['HTTPS_PROXY', 'https_proxy', 'VAULT_PROXY_ADDR'])(
    'goes through the proxy of %s, and again when that is back',
    async (variable) => {
      const proxy = await startHttpProxy({ 'vault.test:8200': front.port });
      ending.push(proxy.close);
      const proxied = start({
        VAULT_ADDR: 'https://vault.test:8200',
        VAULT_TOKEN: server().rootToken,
        VAULT_CACERT: path('ca.pem'),
        [variable]: proxy.url.replace('//', '//user:pass%21@'),
      });
      expect(await proxied.ask()).toMatchObject({ ok: true });
      expect(proxy.credentials[0]).toBe(`Basic ${Buffer.from('user:pass!').toString('base64')}`);
      proxy.cut();
      proxy.answers = 502;
      const refused = await proxied.ask(PATIENT);
      expect(refused.chain?.[1]).toContain('HTTP 502 of the proxy');
      expect(refused.shown).not.toContain('pass!');
      proxy.answers = 'nothing';
      expect(await proxied.ask(ONCE)).toMatchObject({ ok: false, reason: 'timeout' });
      proxy.answers = 'tunnel';
      expect(await proxied.ask(PATIENT)).toMatchObject({ ok: true });
      expect(new Set(proxy.asked)).toEqual(new Set(['vault.test:8200']));
    },
  );

  it('goes past the proxy where NO_PROXY or only HTTP_PROXY is set, and on this machine', async () => {
    const proxy = await startHttpProxy();
    ending.push(proxy.close);
    const environment = {
      VAULT_TOKEN: server().rootToken,
      VAULT_ADDR: `https://localhost:${String(front.port)}`,
      NODE_EXTRA_CA_CERTS: path('ca.pem'),
      HTTPS_PROXY: proxy.url,
      HTTP_PROXY: proxy.url,
    };
    expect(await start(environment).ask()).toMatchObject({ ok: true });
    const excepted = start({
      ...environment,
      VAULT_ADDR: `https://vault.test:${String(front.port)}`,
      NO_PROXY: 'example.com,.test',
    });
    expect(await excepted.ask(undefined, 'vault.test')).toMatchObject({ ok: true });
    const forHttp = start({
      ...environment,
      VAULT_ADDR: `https://vault.test:${String(front.port)}`,
      HTTPS_PROXY: '',
    });
    expect(await forHttp.ask(undefined, 'vault.test')).toMatchObject({ ok: true });
    expect(proxy.asked).toEqual([]);
  });
});
