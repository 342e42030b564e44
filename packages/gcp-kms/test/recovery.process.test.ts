import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestAuthority, startTlsTerminator, type TestAuthority } from '@waxseal/bring-up';
import { startGcpKmsDouble, type GcpKmsDouble } from '@waxseal/testing';
import {
  startFreezingRelay,
  startGoogleTokens,
  startHttpProxy,
  startKeyProcess,
  type FreezingRelay,
  type GoogleTokens,
  type HttpProxy,
  type KeyProcess,
} from '@waxseal/test-support';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

const LIMITS = { attemptTimeoutMs: 1_000, totalTimeoutMs: 6_000, maxAttempts: 3 };
/** Where silence is what is expected. */
const ONCE = { ...LIMITS, maxAttempts: 1 };
/** Where an answer is, however busy the machine. */
const PATIENT = { ...ONCE, attemptTimeoutMs: 5_000 };
const folder = temporaryDirectory();
const caFile = join(folder, 'ca.pem');
const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

/** A proxy, and where names lead that only it knows. */
async function startProxy(): Promise<HttpProxy & { readonly hosts: Record<string, number> }> {
  const hosts: Record<string, number> = {};
  const proxy = await startHttpProxy(hosts);
  ending.push(() => proxy.close());
  return Object.assign(proxy, { hosts });
}

/** A credentials file of workload identity federation. */
const federation = (host: string, subject: string): string =>
  JSON.stringify({
    type: 'external_account',
    audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `http://${host}/v1/token`,
    credential_source: { file: subject },
  });

const portOf = (endpoint: string): number => Number(endpoint.split(':')[1]);

describe('Google Cloud KMS, over a connection and with tokens of the metadata server:', () => {
  let kms: GcpKmsDouble;
  let relay: FreezingRelay;
  let tokens: GoogleTokens;
  let key: KeyProcess;

  beforeAll(async () => {
    kms = await startGcpKmsDouble({ tls: true });
    relay = await startFreezingRelay(portOf(kms.endpoint));
    tokens = await startGoogleTokens(() => kms.issueAccessToken());
    writeFileSync(caFile, String(kms.caCertificate));
    key = startKeyProcess(`gcpkms://${kms.createKey().name}?endpoint=localhost:${String(relay.port)}`, {
      NODE_EXTRA_CA_CERTS: caFile,
      GCE_METADATA_HOST: tokens.host,
    });
    // The process loads Google's libraries first.
    expect(await key.ask()).toMatchObject({ ok: true });
  });
  afterAll(async () => {
    await key.close();
    await Promise.all([relay.close(), tokens.close(), kms.close()]);
  });

  it('a connection that fell silent is replaced within one request', async () => {
    const before = relay.connections;
    relay.freeze();
    expect(await key.ask(LIMITS)).toMatchObject({ ok: true });
    expect(relay.connections).toBeGreaterThan(before);
  });

  it('when all connections are silent for a while, the next request after it works', async () => {
    relay.freezeAll();
    expect(await key.ask(ONCE)).toMatchObject({ ok: false, reason: 'timeout' });
    relay.thaw();
    expect(await key.ask(PATIENT)).toMatchObject({ ok: true });
  });

  it('a service that was away is asked at once when it is back, however long that took', async () => {
    const { upstream } = relay;
    relay.upstream = undefined;
    relay.freeze();
    for (let count = 0; count < 4; count += 1) {
      expect(await key.ask(LIMITS)).toMatchObject({ ok: false });
    }
    relay.upstream = upstream;
    expect(await key.ask(PATIENT)).toMatchObject({ ok: true });
  });

  it('a token that was revoked is replaced by one new one, within one request', async () => {
    kms.revokeAccessTokens();
    tokens.asked.length = 0;
    expect(await key.ask(PATIENT)).toMatchObject({ ok: true });
    expect(tokens.asked.filter((path) => path.endsWith('/token'))).toHaveLength(1);
  });

  it('tokens that are refused over and over mean denied, after two', async () => {
    const { issueAccessToken } = kms;
    kms.issueAccessToken = () => 'ya29.unknown';
    kms.revokeAccessTokens();
    kms.requests.length = 0;
    const { reason, chain } = await key.ask(LIMITS);
    kms.issueAccessToken = issueAccessToken;
    expect(reason).toBe('denied');
    expect(chain?.[1]).toContain('UNAUTHENTICATED. The access token was refused, and another one too');
    expect(await key.ask(PATIENT)).toMatchObject({ ok: true });
  });

  it('a metadata server that is silent for one request holds up no other', async () => {
    kms.revokeAccessTokens();
    tokens.next.push('silence');
    expect(await key.ask(LIMITS)).toMatchObject({ ok: true });
  });

  it('a metadata server that refuses and then grants', async () => {
    kms.revokeAccessTokens();
    tokens.next.push({ status: 403, body: { error: 'no' } });
    const refused = await key.ask(PATIENT);
    expect(refused).toMatchObject({ ok: false, reason: 'denied' });
    expect(refused.chain?.[1]).toContain('attach a service account');
    expect(await key.ask(PATIENT)).toMatchObject({ ok: true });
  });
});

it('with workload identity federation: an STS that is silent, one that refuses, and a file that is renewed', async () => {
  const kms = await startGcpKmsDouble({ tls: true });
  const tokens = await startGoogleTokens(() => kms.issueAccessToken());
  const [credentials, subject] = [join(folder, 'federation.json'), join(folder, 'subject-token')];
  writeFileSync(caFile, String(kms.caCertificate));
  writeFileSync(credentials, 'half of it');
  const key = startKeyProcess(
    `gcpkms://${kms.createKey().name}?endpoint=localhost:${String(portOf(kms.endpoint))}`,
    { NODE_EXTRA_CA_CERTS: caFile, GOOGLE_APPLICATION_CREDENTIALS: credentials },
  );
  ending.push(
    () => key.close(),
    () => tokens.close(),
    () => kms.close(),
  );
  expect((await key.ask(PATIENT)).chain?.[1]).toContain('is not JSON');
  writeFileSync(credentials, federation(tokens.host, subject));
  expect((await key.ask(PATIENT)).chain?.[1]).toContain('A file that the credentials need does not exist');
  writeFileSync(subject, 'a.b.c');
  tokens.next.push({ status: 400, body: { error: 'invalid_target', error_description: 'QUOTED' } });
  const refused = await key.ask(PATIENT);
  expect(refused.reason).toBe('denied');
  expect(refused.chain?.[1]).toContain('invalid_target');
  expect(refused.shown).not.toContain('QUOTED');
  tokens.next.push('silence');
  expect(await key.ask(ONCE)).toMatchObject({ ok: false, reason: 'timeout' });
  expect(await key.ask(PATIENT)).toMatchObject({ ok: true });
});

describe('Google Cloud KMS, by another name and through a proxy:', () => {
  let kms: GcpKmsDouble;
  let authority: TestAuthority;

  beforeAll(async () => {
    kms = await startGcpKmsDouble();
    authority = await createTestAuthority('Waxseal test authority');
    writeFileSync(caFile, authority.certPem);
  });
  afterAll(() => kms.close());

  /** A front of the double, and a process with a key of it. */
  async function start(
    environment: (port: number, tokensPort: number) => NodeJS.ProcessEnv,
    endpoint: (port: number) => string,
    notAfter?: Date,
  ): Promise<{ key: KeyProcess; renew: () => Promise<void> }> {
    const issue = async (until?: Date): Promise<{ cert: string; key: string }> => {
      const names = { commonName: 'kms', dnsNames: ['kms.test', 'localhost'], usage: 'server' } as const;
      const { certPem, keyPem } = await authority.issue({ ...names, ...(until && { notAfter: until }) });
      return { cert: certPem, key: keyPem };
    };
    const front = await startTlsTerminator({ upstream: kms.endpoint, ...(await issue(notAfter)) });
    const tokens = await startGoogleTokens(() => kms.issueAccessToken());
    const key = startKeyProcess(`gcpkms://${kms.createKey().name}?endpoint=${endpoint(front.port)}`, {
      NODE_EXTRA_CA_CERTS: caFile,
      GCE_METADATA_HOST: tokens.host,
      ...environment(front.port, portOf(tokens.host)),
    });
    ending.push(
      () => key.close(),
      () => front.close(),
      () => tokens.close(),
    );
    return {
      key,
      renew: async () => {
        front.useCertificate(await issue());
        front.disconnectAll();
      },
    };
  }

  it('a name that is known again, and a certificate that was renewed', async () => {
    const { key, renew } = await start(
      () => ({}),
      (port) => `kms.test:${String(port)}`,
      new Date(Date.now() - 60_000),
    );
    const unknown = await key.ask(LIMITS);
    expect(unknown).toMatchObject({ ok: false, reason: 'unavailable' });
    expect(unknown.chain?.[1]).toContain('Check the name in "?endpoint="');
    const expired = await key.ask(LIMITS, 'kms.test');
    expect(expired).toMatchObject({ ok: false, reason: 'unavailable' });
    expect(expired.chain?.[1]).toContain('certificate has expired');
    await renew();
    expect(await key.ask(PATIENT)).toMatchObject({ ok: true });
    await renew();
    expect(await key.ask(LIMITS)).toMatchObject({ ok: true });
  });

  it('goes through a proxy, but for the metadata server; and again when the proxy is back', async () => {
    const proxy = await startProxy();
    const { key } = await start(
      (port) => {
        proxy.hosts['kms.test:443'] = port;
        return { HTTPS_PROXY: proxy.url.replace('//', '//user:pass%21@') };
      },
      () => 'kms.test',
    );
    expect(await key.ask()).toMatchObject({ ok: true });
    expect([...new Set(proxy.asked)]).toEqual(['kms.test:443']);
    expect(proxy.credentials[0]).toBe(`Basic ${Buffer.from('user:pass!').toString('base64')}`);
    proxy.answers = 502;
    proxy.cut();
    const away = await key.ask(LIMITS);
    expect(away).toMatchObject({ ok: false, reason: 'unavailable' });
    expect(away.chain?.[1]).toContain('The proxy (HTTPS_PROXY, HTTP_PROXY, grpc_proxy) did not let');
    expect(away.shown).not.toContain('pass!');
    proxy.answers = 'tunnel';
    expect(await key.ask(PATIENT)).toMatchObject({ ok: true });
  });

  it('asks for tokens through the proxy, where no metadata server gives them', async () => {
    const proxy = await startProxy();
    const [credentials, subject] = [join(folder, 'proxied.json'), join(folder, 'proxied-token')];
    writeFileSync(credentials, federation('sts.test', subject));
    writeFileSync(subject, 'a.b.c');
    const { key } = await start(
      (port, tokensPort) => {
        Object.assign(proxy.hosts, { 'kms.test:443': port, 'sts.test:80': tokensPort });
        return { https_proxy: proxy.url, GOOGLE_APPLICATION_CREDENTIALS: credentials };
      },
      () => 'kms.test',
    );
    expect(await key.ask()).toMatchObject({ ok: true });
    expect([...new Set(proxy.asked)]).toEqual(['sts.test:80', 'kms.test:443']);
  });

  it('goes past the proxy where NO_PROXY says so', async () => {
    const proxy = await startProxy();
    const { key } = await start(
      () => ({ HTTPS_PROXY: proxy.url, NO_PROXY: 'example.com, test' }),
      (port) => `kms.test:${String(port)}`,
    );
    expect(await key.ask(undefined, 'kms.test')).toMatchObject({ ok: true });
    expect(proxy.asked).toEqual([]);
  });
});
