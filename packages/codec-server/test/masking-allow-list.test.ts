import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MaskRule } from '../src';
import { DecodePolicies } from '../src';
import { compileDecodePolicy, apply, metadataOf, payload, textOf } from './support/masked';

/** A JSON text of which only what rules select is shown. */
async function shown(text: string, mask: readonly MaskRule[], encoding = 'json/plain'): Promise<string> {
  return textOf(await apply({ mask, others: 'hide' }, payload(text, encoding)));
}

const all = (path: string): MaskRule => ({ path, show: 'all' });

describe('a policy that hides what no rule selects', () => {
  it.each<[string, string, MaskRule[], string]>([
    ['one member', '{"a":1,"b":2,"c":3}', [all('$.b')], '{"b":2}'],
    ['the way to it', '{"a":{"b":{"c":1,"d":2},"e":3},"f":4}', [all('$.a.b.c')], '{"a":{"b":{"c":1}}}'],
    ['all in it', '{"a":{"b":[1,{"c":2}]},"d":4}', [all('$.a')], '{"a":{"b":[1,{"c":2}]}}'],
    ['elements', '[{"a":1,"b":2},{"b":3},{"a":4}]', [all('$[*].a')], '[{"a":1},{"a":4}]'],
    [
      'a part of a value',
      '{"card":"4111111111111234","cvc":"737"}',
      [{ path: '$.card', show: { last: 4 } }],
      '{"card":"****1234"}',
    ],
    [
      'less of what lies in it',
      '{"a":{"b":"secret","c":1}}',
      [all('$.a'), { path: '$.a.b' }],
      '{"a":{"b":"[masked]","c":1}}',
    ],
    [
      'not what a rule removes',
      '{"a":{"b":"secret","c":1}}',
      [all('$.a'), { path: '$.a.b', remove: true }],
      '{"a":{"c":1}}',
    ],
    [
      'nothing of a masked value',
      '{"a":{"b":1},"c":2}',
      [{ path: '$.a' }, all('$.a.b'), all('$.c')],
      '{"a":"[masked]","c":2}',
    ],
    [
      'white space and numbers as they were',
      '{ "a" : 1e2 , "b":2, "c" : 10.0 }',
      [all('$.a'), all('$.c')],
      '{ "a" : 1e2, "c" : 10.0 }',
    ],
    ['the whole document', '"text"', [all('$')], '"text"'],
    [
      'no way to what a rule removes',
      '{"a":{"b":"secret"},"c":1}',
      [{ path: '$.a.b', remove: true }, all('$.c')],
      '{"c":1}',
    ],
    ['an empty object that is selected', '{"a":{},"b":{}}', [all('$.a')], '{"a":{}}'],
  ])('shows %s', async (_, text, rules, expected) => {
    expect(await shown(text, rules)).toBe(expected);
  });

  it('is within the budget of a call, which it takes from also', async () => {
    const policy = compileDecodePolicy({ mask: [all('$.a')], others: 'hide' });
    const large = payload(`{"a":1,"b":[${'0,'.repeat(89_996)}0]}`);
    const reasons = (await policy.apply(Array.from({ length: 6 }, () => large))).map(
      (given) => metadataOf(given)['waxseal-hidden'],
    );
    expect(reasons).toEqual([...Array.from({ length: 5 }, () => undefined), 'too-large']);
  });

  it.each(['{"b":1}', '[]', '{}', '"text"', '7', 'null'])(
    'shows nothing of %s, where nothing is selected',
    async (text) => {
      expect(metadataOf(await apply({ mask: [all('$.a')], others: 'hide' }, payload(text)))).toMatchObject({
        'waxseal-hidden': 'removed',
      });
    },
  );

  it('takes both names of a field of json/protobuf for one', async () => {
    expect(await shown('{"orderId":1,"cardNumber":2}', [all('$.order_id')], 'json/protobuf')).toBe(
      '{"orderId":1}',
    );
  });

  it('does not show message and stack of a failure that a rule selects, unless told to', async () => {
    const failure = '{"message":"card 4111","stack_trace":"at …","other":1}';
    expect(await shown(failure, [all('$')])).toBe(
      '{"message":"[masked]","stack_trace":"[masked]","other":1}',
    );
    const open = compileDecodePolicy({ mask: [all('$.message')], others: 'hide', failures: 'show' });
    expect(textOf(await apply(open, payload(failure)))).toBe('{"message":"card 4111"}');
  });

  it('adds up with another policy', async () => {
    const policies = new DecodePolicies({
      policies: {
        support: { mask: [all('$.city')], others: 'hide' },
        billing: { mask: [{ path: '$.card', show: { last: 4 } }], others: 'hide' },
        fraud: { mask: [{ path: '$.name' }] },
      },
    });
    const order = payload('{"city":"Ripley","card":"4111111111111234","name":"Anna","cvc":"737"}');
    const seenBy = async (...roles: string[]) => textOf((await policies.policyFor(roles).apply([order]))[0]);
    expect(await seenBy('support', 'billing')).toBe('{"city":"Ripley","card":"****1234"}');
    expect(await seenBy('support', 'fraud')).toBe(
      '{"city":"Ripley","card":"4111111111111234","name":"[masked]","cvc":"737"}',
    );
  });

  it('never shows a text that lies under no selected value, whatever the document', async () => {
    const policy = compileDecodePolicy({ mask: [all('$..open')], others: 'hide' });
    await fc.assert(
      fc.asyncProperty(fc.json({ maxDepth: 4 }), fc.string({ minLength: 8 }), async (other, secret) => {
        fc.pre(
          !JSON.stringify({ open: 1, a: other }).includes(secret) &&
            !'[hidden by policy: the whole value is masked]'.includes(secret),
        );
        const text = JSON.stringify({
          a: [secret, { [secret]: secret }],
          open: 1,
          b: JSON.parse(other) as unknown,
        });
        fc.pre(text.split(JSON.stringify(secret).slice(1, -1)).length === 4);
        expect(textOf(await apply(policy, payload(text)))).not.toContain(JSON.stringify(secret).slice(1, -1));
      }),
    );
  });
});

it.each<[string, unknown, RegExp]>([
  [
    'others of another name',
    { mask: [{ path: '$.a', show: 'all' }], others: 'remove' },
    /policies\.role\.others must be/,
  ],
  [
    '"all" where others are shown',
    { mask: [{ path: '$.a', show: 'all' }] },
    /policies\.role\.mask\[0\]\.show is "all"/,
  ],
  ['rules that show nothing', { mask: [{ path: '$.a' }], others: 'hide' }, /policies\.role shows nothing/],
])('refuses %s', (_, policy, message) => {
  expect(() => compileDecodePolicy(policy as never)).toThrow(message);
});
