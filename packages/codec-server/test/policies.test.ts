import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { payloadOfJson, toProtojson } from '@waxseal/test-support';
import {
  createCodecServer,
  HIDDEN_METADATA,
  type AuditRecord,
  type Authorize,
  type CodecServerOptions,
} from '../src';
import { AUDIENCE, Issuer } from './support/issuer';
import { MaskCodec } from './support/mask-codec';
import { base64 } from './support/post';
import { bearer, start, stopAll, type Answer } from './support/running';

const ORDER = '{"card":"4111111111111234","name":"Anna","city":"Ripley"}';
const POLICIES: NonNullable<CodecServerOptions['policies']> = {
  support: {
    mask: [
      { path: '$.card', show: { last: 4 } },
      { path: '$.name', remove: true },
    ],
  },
  billing: { mask: [{ path: '$.city' }, { path: '$.name' }] },
  nobody: 'denied',
};
const RULES: NonNullable<CodecServerOptions['authorize']> = [
  { groups: ['support'], namespaces: ['orders'], operations: ['decode'], policy: 'support' },
  { groups: ['billing'], namespaces: ['orders'], operations: ['decode'], policy: 'billing' },
  { groups: ['fraud'], namespaces: ['orders'], operations: ['decode', 'encode'], policy: 'full' },
  { groups: ['nobody'], namespaces: ['orders'], operations: ['decode'], policy: 'nobody' },
  { groups: ['starters'], namespaces: ['orders'], operations: ['encode'] },
];
const TOKEN = 'a-token-of-32-characters-or-more-0123456789';

let issuer: Issuer;
let sealed: { metadata: Record<string, string>; data: string };

beforeAll(async () => {
  issuer = await Issuer.start();
  const [payload] = await new MaskCodec().encode([payloadOfJson(ORDER)]);
  sealed = { ...toProtojson(payload), metadata: { encoding: base64('binary/mask') } };
});

afterAll(async () => {
  await stopAll();
  await issuer.stop();
});

function jwt(more: object = {}) {
  return { type: 'jwt' as const, issuer: issuer.url, audience: AUDIENCE, groupsClaim: 'groups', ...more };
}

function serve(options: Partial<CodecServerOptions> = {}) {
  return start({ auth: [jwt()], authorize: RULES, policies: POLICIES, allowEncode: true, ...options });
}

const textsOf = ({ json }: Answer) =>
  (json.payloads ?? []).map(({ data }) => Buffer.from(data ?? '', 'base64').toString());
const codeOf = ({ status, json }: Answer) => [status, json.error?.code];

describe('what members of groups see', () => {
  it.each<[string[], string]>([
    [['support'], '{"card":"****1234","city":"Ripley"}'],
    [['billing'], '{"card":"4111111111111234","name":"[masked]","city":"[masked]"}'],
    [['support', 'billing'], '{"card":"4111111111111234","name":"[masked]","city":"Ripley"}'],
    [['fraud'], ORDER],
    [['support', 'fraud'], ORDER],
    [['nobody', 'support'], '{"card":"****1234","city":"Ripley"}'],
  ])('%j', async (groups, expected) => {
    const records: AuditRecord[] = [];
    const server = await serve({ audit: (record) => void records.push(record) });
    const answer = await server.ask('/orders/decode', bearer(await issuer.token({ groups })), {
      payloads: [sealed],
    });
    expect(textsOf(answer)).toEqual([expected]);
    expect(records).toHaveLength(1);
    expect(new Set(records[0]?.policies)).toEqual(
      new Set(
        groups.filter((group) => group !== 'nobody').map((group) => (group === 'fraud' ? 'full' : group)),
      ),
    );
    await server.close();
  });

  it('refuses who has a policy that shows nothing, before anything is decrypted', async () => {
    const server = await serve();
    const answer = await server.ask('/orders/decode', bearer(await issuer.token({ groups: ['nobody'] })), {
      payloads: [sealed],
    });
    expect(codeOf(answer)).toEqual([403, 'ACCESS_DENIED']);
    expect(server.codec.contexts).toEqual([]);
    await server.close();
  });

  it('hides what could not be decoded and was never encrypted, if it cannot be masked', async () => {
    const server = await serve({
      codec: {
        encode: (payloads) => Promise.resolve(payloads),
        decode: () => Promise.reject(new Error('no key')),
      },
      onPayloadError: 'passthrough',
    });
    const answer = await server.ask('/orders/decode', bearer(await issuer.token({ groups: ['support'] })), {
      payloads: [
        sealed,
        { metadata: { encoding: base64('json/plain') }, data: base64('{"name":"Anna","a":1}') },
      ],
    });
    expect(Object.keys(answer.json.payloads?.[0]?.metadata ?? {})).toContain(HIDDEN_METADATA);
    expect(textsOf(answer)[1]).toBe('{"a":1}');
    await server.close();
  });
});

describe('encoding', () => {
  it.each<[string[], number, string | undefined]>([
    [['fraud'], 200, undefined],
    [['starters'], 200, undefined],
    [['starters', 'nobody'], 200, undefined],
    [['starters', 'fraud'], 200, undefined],
    [['starters', 'support'], 403, 'MASKED_MAY_NOT_ENCODE'],
    [['support'], 403, 'ACCESS_DENIED'],
  ])('by members of %j', async (groups, status, code) => {
    const server = await serve();
    const answer = await server.ask('/orders/encode', bearer(await issuer.token({ groups })));
    expect(codeOf(answer)).toEqual([status, code]);
    await server.close();
  });

  it.each(['decode', 'download'] as const)(
    'is not for who sees masked values by %s alone',
    async (operation) => {
      const masked = { groups: ['x'], namespaces: ['orders'], operations: [operation], policy: 'support' };
      const server = await serve({ authorize: [...RULES, masked] });
      const ask = async (...groups: string[]) =>
        codeOf(await server.ask('/orders/encode', bearer(await issuer.token({ groups }))));
      expect(await ask('starters', 'x')).toEqual([403, 'MASKED_MAY_NOT_ENCODE']);
      expect(await ask('starters')).toEqual([200, undefined]);
      await server.close();
    },
  );

  it('is decided once where nothing is masked', async () => {
    const asked: string[] = [];
    const authorize: Authorize = (_, { operation }) => asked.push(operation) > 0;
    const server = await start({ auth: [jwt()], authorize, allowEncode: true });
    expect((await server.ask('/orders/encode', bearer(await issuer.token()))).status).toBe(200);
    expect(asked).toEqual(['encode']);
    await server.close();
  });

  it('is not decided without the answer to what is seen', async () => {
    const authorize: Authorize = (_, { operation }) => {
      if (operation === 'decode') throw new Error('the directory is down');
      return true;
    };
    const server = await serve({ authorize });
    const answer = await server.ask('/orders/encode', bearer(await issuer.token()));
    expect(codeOf(answer)).toEqual([503, 'AUTHORIZATION_UNAVAILABLE']);
    await server.close();
  });
});

describe('policies that do not come from rules', () => {
  it('come from the roles of a permissions claim', async () => {
    const auth = [
      jwt({
        permissionsClaim: 'permissions',
        permissionPolicies: { read: 'support', write: 'full', admin: 'full' },
      }),
    ];
    const server = await serve({ auth, authorize: [] });
    const ask = async (operation: string, ...permissions: string[]) =>
      server.ask(`/orders/${operation}`, bearer(await issuer.token({ permissions })), { payloads: [sealed] });
    expect(textsOf(await ask('decode', 'orders:read'))).toEqual(['{"card":"****1234","city":"Ripley"}']);
    expect(textsOf(await ask('decode', 'orders:read', 'orders:write'))).toEqual([ORDER]);
    expect(codeOf(await ask('decode', 'other:write', 'orders:worker'))).toEqual([403, 'ACCESS_DENIED']);
    expect((await ask('encode', 'orders:write')).status).toBe(200);
    await server.close();
  });

  it('come with a static token', async () => {
    const may = [{ namespaces: ['orders'], operations: ['decode'] as const, policy: 'billing' }];
    const auth = [{ type: 'bearer' as const, tokens: [{ principal: 'ci', token: TOKEN, may }] }];
    const server = await serve({ auth, authorize: [] });
    expect(textsOf(await server.ask('/orders/decode', bearer(TOKEN), { payloads: [sealed] }))).toEqual([
      '{"card":"4111111111111234","name":"[masked]","city":"[masked]"}',
    ]);
    await server.close();
  });

  it.each<[unknown, string | [number, string]]>([
    [true, ORDER],
    [{ policies: ['support'] }, '{"card":"****1234","city":"Ripley"}'],
    [{ policies: ['support', 'no such policy'] }, '{"card":"****1234","city":"Ripley"}'],
    [{ policies: ['no such policy'] }, [403, 'ACCESS_DENIED']],
    [{ policies: [] }, [403, 'ACCESS_DENIED']],
    [{ policies: 'full' }, [403, 'ACCESS_DENIED']],
    [{ policies: [{ toString: () => 'full' }] }, [403, 'ACCESS_DENIED']],
    [{}, [403, 'ACCESS_DENIED']],
    ['full', [403, 'ACCESS_DENIED']],
    [false, [403, 'ACCESS_DENIED']],
  ])('are what a function says: %j', async (decision, expected) => {
    const server = await serve({ authorize: () => decision as never });
    const answer = await server.ask('/orders/decode', bearer(await issuer.token()), { payloads: [sealed] });
    if (typeof expected === 'string') expect(textsOf(answer)).toEqual([expected]);
    else expect(codeOf(answer)).toEqual(expected);
    await server.close();
  });

  it('are recorded as far as they are configured, each once', async () => {
    const records: AuditRecord[] = [];
    const server = await serve({
      authorize: () => ({ policies: ['support', 'no such policy', 'nobody', 'support'] }),
      audit: (record) => void records.push(record),
    });
    await server.ask('/orders/decode', bearer(await issuer.token()), { payloads: [sealed] });
    expect(records.map(({ policies }) => policies)).toEqual([['support']]);
    await server.close();
  });

  it('are refused where there are none', async () => {
    const server = await start({ auth: [jwt()], authorize: () => ({ policies: ['full'] }) });
    const answer = await server.ask('/orders/decode', bearer(await issuer.token()), { payloads: [sealed] });
    expect(codeOf(answer)).toEqual([403, 'ACCESS_DENIED']);
    await server.close();
  });
});

describe('a configuration is refused', () => {
  const rule = { groups: ['support'], namespaces: ['orders'], operations: ['decode'] };
  const token = { principal: 'ci', token: TOKEN };
  it.each<[string, object, RegExp]>([
    ['policies without auth', { auth: undefined, authorize: undefined }, /policies needs auth/],
    ['no policy at all', { policies: {} }, /policies must be an object of one or more/],
    ['a policy of a reserved name', { policies: { full: { mask: [{ path: '$.a' }] } } }, /policies\.full/],
    ['the other reserved name', { policies: { denied: { mask: [{ path: '$.a' }] } } }, /policies\.denied/],
    ['a policy that is none', { policies: { a: 'some' } }, /policies\.a must be/],
    ['a rule without one', { authorize: [rule] }, /authorize\[0\]\.policy is missing/],
    [
      'a rule with an unknown one',
      { authorize: [{ ...rule, policy: 'x' }] },
      /there are support, billing, nobody, full/,
    ],
    [
      'a rule without one that may encode also',
      { authorize: [{ ...rule, operations: ['decode', 'encode'] }] },
      /authorize\[0\]\.policy is missing/,
    ],
    ['a policy where there are none', { policies: undefined }, /authorize\[0\]\.policy is given/],
    [
      'a mask for who may encode',
      { authorize: [{ ...rule, operations: ['decode', 'encode'], policy: 'support' }] },
      /authorize\[0\]\.policy is "support", which masks/,
    ],
    [
      'a static token without one',
      {
        auth: [
          { type: 'bearer', tokens: [{ ...token, may: [{ namespaces: ['a'], operations: ['decode'] }] }] },
        ],
        authorize: [],
      },
      /auth\[0\]\.tokens\[0\]\.may\[0\]\.policy is missing/,
    ],
    ['roles without one', { auth: [{ permissionsClaim: 'p' }] }, /auth\[0\]\.permissionPolicies is missing/],
    [
      'a role without one',
      { auth: [{ permissionsClaim: 'p', permissionPolicies: { read: 'full', write: 'full' } }] },
      /permissionPolicies\.admin is missing/,
    ],
    [
      'a role that sees nothing by itself',
      {
        auth: [
          {
            permissionsClaim: 'p',
            permissionPolicies: { read: 'full', write: 'full', admin: 'full', worker: 'full' },
          },
        ],
      },
      /permissionPolicies\.worker/,
    ],
    [
      'roles where there are no policies',
      {
        policies: undefined,
        auth: [{ permissionsClaim: 'p', permissionPolicies: { read: 'full', write: 'full', admin: 'full' } }],
        authorize: [],
      },
      /permissionPolicies is given/,
    ],
    [
      'roles without a claim',
      { auth: [{ permissionPolicies: { read: 'full', write: 'full', admin: 'full' } }] },
      /permissionPolicies needs a permissionsClaim/,
    ],
  ])('with %s', (_, options, message) => {
    const given = { codec: new MaskCodec(), auth: [jwt()], authorize: RULES, policies: POLICIES, ...options };
    const auth = given.auth as readonly { type?: string }[] | undefined;
    const completed = {
      ...given,
      auth: auth?.map((entry) => (entry.type === undefined ? { ...jwt(), ...entry } : entry)),
    };
    expect(() =>
      createCodecServer(
        Object.fromEntries(Object.entries(completed).filter(([, value]) => value !== undefined)) as never,
      ),
    ).toThrow(message);
  });
});
