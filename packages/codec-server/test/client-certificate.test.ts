import { randomBytes, X509Certificate } from 'node:crypto';
import { Agent } from 'node:https';
import { connect, type ConnectionOptions } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createSelfSigned,
  createTestAuthority,
  type CertificateRequest,
  type IssuedCertificate,
  type TestAuthority,
} from '@waxseal/bring-up';
import {
  createCodecServer,
  listen,
  type AuditRecord,
  type AuthenticatorOptions,
  type CodecServerOptions,
  type ListeningCodecServer,
  type TlsOptions,
} from '../src';
import { CertificateFolder } from './support/certificate-folder';
import { askHttps, type HttpsRequest } from './support/https';
import { MaskCodec } from './support/mask-codec';

const DAY_MS = 86_400_000;
const ALICE = 'spiffe://example.com/alice';
const TOKEN = randomBytes(32).toString('hex');
const byUri: AuthenticatorOptions = { type: 'client-certificate', subject: 'uri' };
const anyone = [{ principals: ['*'], namespaces: ['orders'], operations: ['decode'] as const }];

const running: ListeningCodecServer[] = [];
let authority: TestAuthority;
let stranger: TestAuthority;
let own: IssuedCertificate;
let alice: IssuedCertificate;

beforeAll(async () => {
  authority = await createTestAuthority('clients');
  // Of the same name: only the signature tells them apart.
  stranger = await createTestAuthority('clients');
  own = await authority.issue({ commonName: 'codec', ipAddresses: ['127.0.0.1'], usage: 'server' });
  alice = await client({ uris: [ALICE] });
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

function client(request: Partial<CertificateRequest>, by = authority): Promise<IssuedCertificate> {
  return by.issue({ commonName: 'alice', usage: 'client', ...request });
}

/** Starts a server that asks for certificates, and gives what asks it and what it recorded. */
async function start(options: Partial<CodecServerOptions> = {}, tls: Partial<TlsOptions> = {}) {
  const records: AuditRecord[] = [];
  const server = createCodecServer({
    codec: new MaskCodec(),
    auth: [byUri],
    authorize: anyone,
    audit: (record) => void records.push(record),
    ...options,
  });
  const files = Object.keys(tls).some((name) => name.endsWith('File'));
  const material = { cert: own.certPem, key: own.keyPem, clientCa: authority.certPem };
  const listening = await listen(server, { port: 0, tls: { ...(files ? {} : material), ...tls } });
  running.push(listening);
  const ask = (certificate?: IssuedCertificate, request: HttpsRequest = {}) =>
    askHttps(listening.url, {
      ca: authority.certPem,
      ...(certificate === undefined ? {} : { cert: certificate.certPem, key: certificate.keyPem }),
      ...request,
    });
  return { url: listening.url, ask, records };
}

describe('a client certificate', () => {
  it.each<[AuthenticatorOptions, Partial<CertificateRequest>, string]>([
    [byUri, { uris: [ALICE], dnsNames: ['a.example', 'b.example'] }, ALICE],
    [{ ...byUri, subject: 'dns' }, { dnsNames: ['alice.example'], uris: [ALICE] }, 'alice.example'],
    [{ ...byUri, subject: 'email' }, { emails: ['alice@example.com'] }, 'alice@example.com'],
    [{ ...byUri, subject: 'common-name' }, { commonName: 'Alice Müller' }, 'Alice Müller'],
    [{ ...byUri, requiredName: ['spiffe://a/*', 'spiffe://example.com/*'] }, { uris: [ALICE] }, ALICE],
    [byUri, { uris: [ALICE], usage: 'any' }, ALICE],
    [byUri, { uris: [ALICE], usage: 'both' }, ALICE],
  ])('says who its holder is (case %#)', async (entry, request, principal) => {
    const { ask, records } = await start({ auth: [entry] });
    await expect(ask(await client(request))).resolves.toMatchObject({ status: 200 });
    expect(records).toMatchObject([
      { principal, issuer: 'client-certificate', method: 'client-certificate', outcome: 'allowed' },
    ]);
  });

  it('counts for every request of a connection, over TLS 1.2 as well', async () => {
    const { ask } = await start();
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (const isReused of [false, true, true]) {
        await expect(ask(alice, { agent, maxVersion })).resolves.toMatchObject({ status: 200, isReused });
      }
      agent.destroy();
    }
  });

  it('is not needed for /healthz and preflights', async () => {
    const { ask } = await start({ allowedOrigins: ['https://ui.example.com'] });
    await expect(ask(undefined, { method: 'GET', path: '/healthz' })).resolves.toMatchObject({ status: 200 });
    const preflight = await ask(undefined, {
      method: 'OPTIONS',
      headers: { Origin: 'https://ui.example.com', 'Access-Control-Request-Method': 'POST' },
    });
    expect(preflight.status).toBe(204);
  });

  it('is asked for by name when it is missing', async () => {
    const { ask, records } = await start();
    const answer = await ask(undefined);
    expect(answer.status).toBe(401);
    expect(answer.json.error?.code).toBe('CLIENT_CERTIFICATE_MISSING');
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="codec-server"');
    expect(records).toMatchObject([{ principal: null, method: 'none', outcome: 'refused' }]);
  });

  it('obeys rules, which name it as an issuer', async () => {
    const rule = { ...anyone[0], issuers: ['client-certificate'], principals: ['spiffe://example.com/*'] };
    const { ask } = await start({ authorize: [{ namespaces: ['orders'], operations: ['decode'], ...rule }] });
    await expect(ask(alice)).resolves.toMatchObject({ status: 200 });
    await expect(ask(alice, { path: '/billing/decode' })).resolves.toMatchObject({ status: 403 });
    const bob = await client({ uris: ['spiffe://example.org/bob'] });
    await expect(ask(bob)).resolves.toMatchObject({ status: 403 });
  });
});

describe('a certificate that is refused', () => {
  const now = Date.now();
  const trick = `, URI:${ALICE}`;
  it.each<[string, string, () => Promise<IssuedCertificate>, Partial<typeof byUri>?]>([
    ['issuer', 'another authority', () => client({ uris: [ALICE] }, stranger)],
    ['issuer', 'nobody but itself', () => createSelfSigned('clients', ALICE)],
    [
      'expired',
      'an authority, until a minute ago',
      () => client({ uris: [ALICE], notAfter: new Date(now - 60_000) }),
    ],
    [
      'not yet valid',
      'an authority, from tomorrow',
      () =>
        client({ uris: [ALICE], notBefore: new Date(now + DAY_MS), notAfter: new Date(now + 2 * DAY_MS) }),
    ],
    ['purpose', 'an authority, for servers', () => client({ uris: [ALICE], usage: 'server' })],
    [
      'no name',
      'an authority, without the name',
      () => client({ dnsNames: ['alice'], emails: ['a@example.com'] }),
    ],
    ['no name', 'an authority, with a common name alone', () => client({ commonName: ALICE })],
    [
      'ambiguous name',
      'an authority, with two names',
      () => client({ uris: [ALICE, 'spiffe://example.com/bob'] }),
    ],
    ['ambiguous name', 'an authority, with one name twice', () => client({ uris: [ALICE, ALICE] })],
    [
      'no name',
      'an authority, with a DNS name that looks like more',
      () => client({ dnsNames: [`bob.example${trick}`] }),
    ],
    [
      'no name',
      'an authority, with a mail address that looks like more',
      () => client({ emails: [`"bob"@example.com${trick}`] }),
    ],
    [
      'malformed name',
      'an authority, with a URI that looks like more',
      () => client({ uris: [`spiffe://example.com/bob${trick}`] }),
    ],
    ['malformed name', 'an authority, with a NUL', () => client({ uris: [`${ALICE}\0.example.org`] })],
    ['malformed name', 'an authority, with a line break', () => client({ uris: [`${ALICE}\n`] })],
    ['malformed name', 'an authority, with a space', () => client({ uris: [`${ALICE} `] })],
    [
      'malformed name',
      'an authority, with other letters',
      () => client({ uris: ['spiffe://example.com/älice'] }),
    ],
    ['malformed name', 'an authority, with an empty name', () => client({ uris: [''] })],
    [
      'malformed name',
      'an authority, with a wildcard',
      () => client({ dnsNames: ['*.example.com'] }),
      { subject: 'dns' },
    ],
    [
      'malformed name',
      'an authority, with a common name with a NUL',
      () => client({ commonName: 'alice\0.example.org' }),
      { subject: 'common-name' },
    ],
    [
      'required name',
      'an authority, with another name',
      () => client({ uris: ['spiffe://example.org/alice'] }),
      { requiredName: 'spiffe://example.com/*' },
    ],
  ])('for its %s: made by %s', async (detail, _name, make, entry = {}) => {
    const { ask, records } = await start({ auth: [{ ...byUri, ...entry }] });
    const answer = await ask(await make());
    expect(answer.status).toBe(401);
    expect(answer.json.error?.code).toBe('CLIENT_CERTIFICATE_NOT_ACCEPTED');
    expect(records).toMatchObject([{ principal: null, detail, reason: 'CLIENT_CERTIFICATE_NOT_ACCEPTED' }]);
    expect(answer.text).not.toMatch(/alice|spiffe|example/);
  });

  it('is refused as well when the session is resumed', async () => {
    const foreign = await client({ uris: [ALICE] }, stranger);
    const { url, ask } = await start();
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      for (const [certificate, status] of [
        [alice, 200],
        [foreign, 401],
        [undefined, 401],
      ] as const) {
        const pair = certificate === undefined ? {} : { cert: certificate.certPem, key: certificate.keyPem };
        const session = await sessionOf(url, { ca: authority.certPem, maxVersion, ...pair });
        const agent = new Agent({ maxCachedSessions: 0 });
        const answer = await ask(certificate, { session, maxVersion, agent });
        expect([maxVersion, answer.status]).toEqual([maxVersion, status]);
      }
    }
  });

  it('is not replaced on an open connection: there is no second handshake', async () => {
    const { url } = await start();
    const socket = connect({
      host: '127.0.0.1',
      port: Number(new URL(url).port),
      ca: authority.certPem,
      cert: alice.certPem,
      key: alice.keyPem,
      maxVersion: 'TLSv1.2',
    });
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.resume();
    let isRenegotiated = false;
    socket.renegotiate({}, (error) => (isRenegotiated = error === null));
    await ended;
    expect(isRenegotiated).toBe(false);
  });

  it('ends with its validity, also on a connection that goes on', async () => {
    const { ask, records } = await start();
    const brief = await client({ uris: [ALICE], notAfter: new Date(Date.now() + 2_500) });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await expect(ask(brief, { agent })).resolves.toMatchObject({ status: 200 });
    await sleep(3_000);
    await expect(ask(brief, { agent })).resolves.toMatchObject({ status: 401, isReused: true });
    expect(records.at(-1)).toMatchObject({ detail: 'expired' });
    agent.destroy();
  });
});

describe('beside a client certificate', () => {
  const may = [{ namespaces: ['orders'], operations: ['decode'] as const }];
  const tokens: AuthenticatorOptions = { type: 'bearer', tokens: [{ principal: 'ci', token: TOKEN, may }] };
  const authorize = [{ namespaces: ['orders'], operations: ['decode'] as const, principals: [ALICE] }];

  it('a token comes first, and decides', async () => {
    const { ask, records } = await start({ auth: [byUri, tokens], authorize });
    const good = { headers: { Authorization: `Bearer ${TOKEN}` } };
    const bad = { headers: { Authorization: `Bearer ${TOKEN}x` } };
    await expect(ask(alice, good)).resolves.toMatchObject({ status: 200 });
    await expect(ask(undefined, good)).resolves.toMatchObject({ status: 200 });
    await expect(ask(alice, bad)).resolves.toMatchObject({ status: 401 });
    await expect(ask(alice)).resolves.toMatchObject({ status: 200 });
    await expect(ask(alice, { headers: { Authorization: 'Bearer undefined' } })).resolves.toMatchObject({
      status: 200,
    });
    expect(records.map(({ principal }) => principal)).toEqual(['ci', 'ci', null, ALICE, ALICE]);
    expect((await ask(undefined)).json.error?.code).toBe('TOKEN_MISSING');
  });

  it('a token is not looked at where none is configured', async () => {
    const { ask } = await start();
    await expect(ask(alice, { headers: { Authorization: 'Bearer x' } })).resolves.toMatchObject({
      status: 200,
    });
  });

  it('headers of a proxy are not believed', async () => {
    const { ask } = await start();
    const pem = encodeURIComponent(alice.certPem);
    const headers = {
      'X-Forwarded-Client-Cert': `Hash=0;Cert="${pem}";URI=${ALICE}`,
      'X-SSL-Client-Cert': pem,
      'X-SSL-Client-Verify': 'SUCCESS',
      'Client-Cert': `:${alice.certPem.replace(/-----[^-]+-----|\n/g, '')}:`,
    };
    expect((await ask(undefined, { headers })).json.error?.code).toBe('CLIENT_CERTIFICATE_MISSING');
  });

  it('pages of other origins are refused: browsers send certificates whoever made the page', async () => {
    const { ask } = await start({ allowedOrigins: ['https://ui.example.com'], allowCredentials: true });
    const from = (origin: string) => ask(alice, { headers: { Origin: origin } });
    await expect(from('https://ui.example.com')).resolves.toMatchObject({ status: 200 });
    await expect(from('https://evil.example')).resolves.toMatchObject({ status: 403 });
  });
});

describe('the authority of clients', () => {
  it('changes with its file; a connection of before gets one more answer', async () => {
    const folder = new CertificateFolder({ ...own, caPem: authority.certPem });
    const { certFile, keyFile, clientCaFile } = folder;
    let isTold: () => void = () => undefined;
    const told = new Promise<void>((resolve) => (isTold = resolve));
    const { ask } = await start(
      {},
      {
        certFile,
        keyFile,
        clientCaFile,
        reloadInterval: '100ms',
        onReload: () => {
          isTold();
        },
      },
    );
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await expect(ask(alice, { agent })).resolves.toMatchObject({ status: 200 });
    folder.write({ ...own, caPem: stranger.certPem });
    await told;
    const last = await ask(alice, { agent });
    expect(last).toMatchObject({ status: 200, isReused: true, headers: { connection: 'close' } });
    await expect(ask(alice, { agent })).resolves.toMatchObject({ status: 401, isReused: false });
    const next = await client({ uris: [ALICE] }, stranger);
    await expect(ask(next)).resolves.toMatchObject({ status: 200 });
    agent.destroy();
  });
});

describe('a server for client certificates', () => {
  it.each<[string, Partial<CodecServerOptions>, Partial<TlsOptions> | undefined]>([
    ['no certificate is asked for', { auth: [byUri], authorize: anyone }, undefined],
    ['no certificate is asked for', { auth: [byUri], authorize: anyone }, {}],
    ['nothing looks at them', {}, { clientCa: 'given below' }],
  ])('does not start where %s (case %#)', async (message, options, tls) => {
    const server = createCodecServer({ codec: new MaskCodec(), ...options });
    const material = { cert: own.certPem, key: own.keyPem, ...tls };
    const starting = listen(server, { port: 0, ...(tls === undefined ? {} : { tls: material }) });
    await expect(starting).rejects.toMatchObject({
      code: 'WAXSEAL_CONFIGURATION',
      message: expect.stringContaining(message),
    });
  });

  it.each<[string, readonly object[]]>([
    ['auth[0].subject', [{ type: 'client-certificate' }]],
    ['auth[0].subject', [{ ...byUri, subject: 'ip' }]],
    ['auth[0].requiredName', [{ ...byUri, requiredName: '' }]],
    ['auth[0].requiredName', [{ ...byUri, requiredName: [] }]],
    ['auth[0].names', [{ ...byUri, names: [] }]],
    ['auth[1] is a second entry', [byUri, byUri]],
  ])('refuses a bad %s (case %#)', (message, auth) => {
    const options = { codec: new MaskCodec(), auth, authorize: anyone } as CodecServerOptions;
    expect(() => createCodecServer(options)).toThrow(message);
  });

  it('can be given the certificate by another program', async () => {
    const server = createCodecServer({ codec: new MaskCodec(), auth: [byUri], authorize: anyone });
    const ask = () => new Request('https://codec.example.com/orders/decode', { method: 'POST', body: '{}' });
    const certificate = new X509Certificate(alice.certPem);
    const statuses = await Promise.all([
      server.fetch(ask(), { clientCertificate: { certificate, refusal: undefined } }),
      server.fetch(ask(), { clientCertificate: { certificate, refusal: 'CERT_REVOKED' } }),
      server.fetch(ask(), {}),
      server.fetch(ask()),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([200, 401, 401, 401]);
  });
});

/** Connects once and takes the session ticket along. */
function sessionOf(url: string, options: ConnectionOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), ...options });
    socket.once('error', reject);
    socket.once('session', (session: Buffer) => {
      resolve(session);
      socket.end();
    });
    socket.resume();
  });
}
