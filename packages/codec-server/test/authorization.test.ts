import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AccessRule, AuditRecord, Authorize, CodecServerOptions } from '../src';
import { matchesClaims, matchesPattern } from '../src/authorization/authorize-by-rules';
import { AUDIENCE, Issuer } from './support/issuer';
import { bearer, start, stopAll } from './support/running';

let issuer: Issuer;

beforeAll(async () => {
  issuer = await Issuer.start();
});

afterAll(async () => {
  await stopAll();
  await issuer.stop();
});

function serve(authorize: CodecServerOptions['authorize'], options: Partial<CodecServerOptions> = {}) {
  return start({
    auth: [
      {
        type: 'jwt',
        issuer: issuer.url,
        audience: AUDIENCE,
        groupsClaim: 'groups',
        permissionsClaim: 'permissions',
      },
    ],
    ...(authorize === undefined ? {} : { authorize }),
    allowEncode: true,
    ...options,
  });
}

/** Statuses of decode, encode and download in a namespace. */
async function may(
  authorize: CodecServerOptions['authorize'],
  claims: Record<string, unknown>,
  namespace = 'orders',
): Promise<boolean[]> {
  const server = await serve(authorize);
  const headers = bearer(await issuer.token(claims));
  const statuses: number[] = [];
  for (const operation of ['decode', 'encode', 'download']) {
    statuses.push((await server.ask(`/${namespace}/${operation}`, headers)).status);
  }
  await server.close();
  // A download that is allowed finds no storage.
  return statuses.map((status) => status === 200 || status === 404);
}

const ALL = [true, true, true];
const NONE = [false, false, false];
const READ = [true, false, true];

function rule(conditions: Partial<AccessRule>): AccessRule[] {
  return [{ namespaces: ['orders', 'team-*'], operations: ['decode', 'encode', 'download'], ...conditions }];
}

describe('a table of rules', () => {
  it.each<[string, Partial<AccessRule>, Record<string, unknown>, boolean[]]>([
    ['a principal', { principals: ['alice'] }, {}, ALL],
    ['another principal', { principals: ['alice'] }, { sub: 'alicea' }, NONE],
    ['another case', { principals: ['alice'] }, { sub: 'Alice' }, NONE],
    ['a pattern', { principals: ['*@example.com'] }, { sub: 'bob@example.com' }, ALL],
    ['beyond a pattern', { principals: ['*@example.com'] }, { sub: 'bob@example.com.evil' }, NONE],
    ['a group', { groups: ['ops', 'dev'] }, { groups: ['x', 'dev'] }, ALL],
    ['no group', { groups: ['ops'] }, {}, NONE],
    ['a group that is no list', { groups: ['ops'] }, { groups: 'ops' }, ALL],
    ['two groups in one text', { groups: ['ops'] }, { groups: 'ops,dev' }, NONE],
    ['a group that is no text', { groups: ['7'] }, { groups: 7 }, NONE],
    ['a claim', { claims: { level: '3' } }, { level: 3 }, ALL],
    ['a claim in a list', { claims: { role: ['a*'] } }, { role: ['b', 'ab'] }, ALL],
    ['a claim that is missing', { claims: { role: '*' } }, {}, NONE],
    ['a claim that is an object', { claims: { role: '*' } }, { role: { a: 1 } }, NONE],
    ['a claim that objects inherit', { claims: { constructor: '*', toString: '*' } }, {}, NONE],
    ['an address not verified', { claims: { email: '*' } }, { email: 'a@b.c', email_verified: false }, NONE],
    ['the same as a text', { claims: { email: '*' } }, { email: 'a@b.c', email_verified: 'false' }, NONE],
    ['one verified as a text', { claims: { email: '*' } }, { email: 'a@b.c', email_verified: 'true' }, ALL],
    ['all conditions', { principals: ['alice'], groups: ['ops'] }, { groups: ['ops'] }, ALL],
    ['one condition of two', { principals: ['alice'], groups: ['ops'] }, { groups: ['dev'] }, NONE],
    ['some operations', { principals: ['*'], operations: ['decode', 'download'] }, {}, READ],
  ])('%s', async (_name, conditions, claims, expected) => {
    expect(await may(rule(conditions), claims)).toEqual(expected);
  });

  it.each([
    ['team-a', ALL],
    ['orders2', NONE],
    ['Orders', NONE],
    ['teams', NONE],
    ['*', NONE],
    ['team-%2F..%2Forders', ALL],
  ])('in the namespace %s', async (namespace, expected) => {
    expect(await may(rule({ principals: ['*'] }), {}, namespace)).toEqual(expected);
  });
});

it('a rule for encode does not switch it on', async () => {
  const server = await serve(rule({ principals: ['*'] }), { allowEncode: false });
  const { status, json } = await server.ask('/orders/encode', bearer(await issuer.token()));
  expect([status, json.error?.code]).toEqual([403, 'ENCODE_NOT_ALLOWED']);
  await server.close();
});

describe('a principal of the same name', () => {
  it.each(['bearer', 'jwt'] as const)('of another issuer than %s is another', async (vouching) => {
    const token = 'a-token-of-32-characters-or-more-0123456789';
    const server = await serve(
      rule({ principals: ['alice'], issuers: [vouching === 'jwt' ? issuer.url : vouching] }),
      {
        auth: [
          { type: 'jwt', issuer: issuer.url, audience: AUDIENCE },
          { type: 'bearer', tokens: [{ principal: 'alice', token }] },
        ],
      },
    );
    const statusOf = async (shown: string) => (await server.ask('/orders/decode', bearer(shown))).status;
    expect(await statusOf(token)).toBe(vouching === 'bearer' ? 200 : 403);
    expect(await statusOf(await issuer.token({ sub: 'alice' }))).toBe(vouching === 'jwt' ? 200 : 403);
    await server.close();
  });
});

describe('a permissions claim', () => {
  it.each<[unknown, boolean[]]>([
    [['orders:read'], READ],
    [['orders:write'], ALL],
    [['orders:ADMIN'], ALL],
    [['orders:worker'], NONE],
    [['orders:worker', 'orders:Read'], READ],
    [['temporal-system:read'], READ],
    [['billing:admin'], NONE],
    [['*:admin'], NONE],
    [['orders'], NONE],
    [['orders:owner', ':admin', 'orders:read:write', 7, null], NONE],
    ['orders:admin', NONE],
    [{ orders: 'admin' }, NONE],
    [undefined, NONE],
  ])('%j', async (permissions, expected) => {
    expect(await may(undefined, { permissions })).toEqual(expected);
  });

  it('is not read unless its name is configured', async () => {
    const auth = [{ type: 'jwt', issuer: issuer.url, audience: AUDIENCE }] as const;
    const server = await serve(rule({ principals: ['bob'] }), { auth });
    const token = await issuer.token({ permissions: ['orders:admin'] });
    expect((await server.ask('/orders/decode', bearer(token))).status).toBe(403);
  });
});

describe('a function', () => {
  it('is asked with the principal and the request, and alone decides', async () => {
    const asked: unknown[] = [];
    const authorize: Authorize = ({ id, issuer: by, groups, permissions }, request) => {
      asked.push({ id, by, groups, permissions }, request);
      return false;
    };
    const server = await serve(authorize);
    const token = await issuer.token({ groups: ['ops'], permissions: ['orders:admin'] });
    const answer = await server.ask('/orders/decode', { ...bearer(token), 'X-Request-Id': 'r-1' });
    expect(answer.status).toBe(403);
    expect(asked).toEqual([
      { id: 'alice', by: issuer.url, groups: ['ops'], permissions: [{ namespace: 'orders', role: 'admin' }] },
      { namespace: 'orders', operation: 'decode', requestId: 'r-1' },
    ]);
  });

  it.each<[string, () => unknown, number]>([
    ['true', () => true, 200],
    ['a promise of true', () => Promise.resolve(true), 200],
    ['a promise of false', () => Promise.resolve(false), 403],
    ['something else', () => 'yes', 403],
    ['nothing', () => undefined, 403],
    ['an error', () => Promise.reject(new Error('secret-host is down')), 503],
    [
      'a thrown text',
      () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error
        throw 'secret-host';
      },
      503,
    ],
  ])('that gives %s', async (_name, decide, status) => {
    const server = await serve(decide as Authorize);
    const answer = await server.ask('/orders/decode', bearer(await issuer.token()));
    expect(answer.status).toBe(status);
    expect(answer.text).not.toContain('secret-host');
  });
});

describe('the namespace', () => {
  it('must be the same in path and header, and named at all', async () => {
    const server = await serve(rule({ principals: ['*'], namespaces: ['orders'] }));
    const headers = bearer(await issuer.token());
    const ask = async (path: string, inHeader?: string) => {
      const more = inHeader === undefined ? {} : { 'X-Namespace': inHeader };
      const { status, json } = await server.ask(path, { ...headers, ...more });
      return json.error?.code ?? status;
    };
    expect(await ask('/orders/decode', 'orders')).toBe(200);
    expect(await ask('/decode', 'orders')).toBe(200);
    expect(await ask('//decode', 'billing')).toBe('ACCESS_DENIED');
    expect(await ask('/orders/decode', 'billing')).toBe('NAMESPACE_CONFLICT');
    expect(await ask('/billing/decode', 'orders')).toBe('NAMESPACE_CONFLICT');
    expect(await ask('/billing/orders/decode')).toBe(200);
    expect(await ask('/orders/billing/decode')).toBe('ACCESS_DENIED');
    expect(await ask('/decode', 'orders, billing')).toBe('ACCESS_DENIED');
    expect(await ask('/decode')).toBe('NAMESPACE_REQUIRED');
    expect(await ask('/decode', '')).toBe('NAMESPACE_REQUIRED');
    const told = server.codec.contexts.map((context) => context?.namespace);
    expect(new Set(told)).toEqual(new Set(['orders']));
  });

  it('gives the same refusal whether it exists or not', async () => {
    const records: AuditRecord[] = [];
    const audit = (record: AuditRecord) => void records.push(record);
    const server = await serve(rule({ principals: ['bob'] }), { audit });
    const headers = { ...bearer(await issuer.token()), 'X-Request-Id': 'same' };
    const answers = await Promise.all(
      ['orders', 'no-such-namespace'].map((name) => server.ask(`/${name}/decode`, headers)),
    );
    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
    expect(answers[0]?.text).toBe(answers[1]?.text);
    expect(answers[0]?.text).not.toMatch(/orders|alice|bob/);
    expect(records).toHaveLength(2);
    expect(records[0]).toMatchObject({ principal: 'alice', outcome: 'refused', reason: 'ACCESS_DENIED' });
  });
});

it('a principal gets no more than its share of requests at a time', async () => {
  let go: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  const wait = async <T>(payloads: T): Promise<T> => {
    await gate;
    return payloads;
  };
  const server = await serve(rule({ principals: ['*'] }), {
    codec: { encode: wait, decode: wait },
    maxConcurrentRequests: 2,
  });
  const [alice, bob] = [bearer(await issuer.token()), bearer(await issuer.token({ sub: 'bob' }))];
  const pending = [1, 2, 3, 4].map(() => server.ask('/orders/decode', alice));
  const refused = await Promise.any(pending);
  expect(refused.status).toBe(429);
  expect(refused.headers.get('Retry-After')).toBe('1');
  const other = server.ask('/orders/decode', bob);
  setTimeout(go, 50);
  expect((await other).status).toBe(200);
  const statuses = (await Promise.all(pending)).map(({ status }) => status);
  expect(statuses.sort()).toEqual([200, 200, 429, 429]);
  expect((await server.ask('/orders/decode', alice)).status).toBe(200);
});

it('a claim that somebody has put into a prototype does not count', () => {
  const claims = Object.create({ tenant: 'acme' }) as Record<string, unknown>;
  expect(matchesClaims({ tenant: 'acme' }, claims)).toBe(false);
});

describe('matchesPattern', () => {
  it.each([
    ['a', 'a', true],
    ['a', 'ab', false],
    ['', '', true],
    ['*', '', true],
    ['a*', 'a', true],
    ['*a', 'ba', true],
    ['a*a', 'a', false],
    ['a*b*c', 'a-b-c', true],
    ['a*b*c', 'a-c', false],
    ['*b*b*', 'b', false],
    ['a*bc*c', 'abc', false],
    ['.', 'x', false],
    ['a.*', 'abc', false],
    ['**', 'x', true],
  ])('%s and %s: %s', (pattern, text, expected) => {
    expect(matchesPattern(pattern, text)).toBe(expected);
  });

  it('takes no longer for a hostile text', () => {
    const before = performance.now();
    expect(matchesPattern('*a'.repeat(50) + 'b', 'a'.repeat(100_000))).toBe(false);
    expect(performance.now() - before).toBeLessThan(500);
  });
});
