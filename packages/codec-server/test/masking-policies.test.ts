import { describe, expect, it } from '@jest/globals';
import { isWaxsealError } from '@waxseal/core';
import { DecodePolicies, type DecodePoliciesOptions, type DecodePolicy, type MaskRule } from '../src';
import { apply, payload, textOf } from './support/masked';

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isWaxsealError(error) && error.code === 'WAXSEAL_CONFIGURATION') return error.message;
  }
  throw new Error('not refused');
}

const one = (rule: unknown) => ({ mask: [{ path: '$.a' }, rule] });

describe('a policy', () => {
  it.each<[field: string, policy: unknown]>([
    ['p', undefined],
    ['p', 'FULL'],
    ['p', []],
    ['p.mask', {}],
    ['p.mask', { mask: [] }],
    ['p.mask', { mask: { path: '$' } }],
    ['p.mask', { mask: Array.from({ length: 101 }, () => ({ path: '$' })) }],
    ['p.rules', { mask: [{ path: '$' }], rules: [] }],
    ['p.failures', { mask: [{ path: '$' }], failures: true }],
    ['p.mask[1]', one('$.a')],
    ['p.mask[0]', { mask: new Array(1) }],
    ['p.mask[1].paths', one({ path: '$', paths: [] })],
    ['p.mask[1].path', one({})],
    ['p.mask[1].path', one({ path: 7 })],
    ['p.mask[1].path', one({ path: '' })],
    ['p.mask[1].path', one({ path: 'card' })],
    ['p.mask[1].path', one({ path: '$.' })],
    ['p.mask[1].path', one({ path: '$.a~' })],
    ['p.mask[1].path', one({ path: `$.${'a'.repeat(1_100)}` })],
    ['p.mask[1].path', one({ path: '$[?nope(@)]' })],
    ['p.mask[1].path', one({ path: '$[?match(@, $.pattern)]' })],
    ['p.mask[1].path', one({ path: '$[?!search(@.a, @.b)]' })],
    ['p.mask[1].path', one({ path: '$[?match(@, "(")]' })],
    ['p.mask[1].path', one({ path: '$[?@..a]' })],
    ['p.mask[1].path', one({ path: '$[?@.x == 1 || $.list[*]]' })],
    ['p.mask[1].path', one({ path: '$..a..b..c' })],
    ['p.mask[1].path', one({ path: '$[?length($.list) > 3]' })],
    ['p.mask[1].path', one({ path: '$[?search(@, "a{2000}")]' })],
    ['p.mask[1].show', one({ path: '$', show: 'all' })],
    ['p.mask[1].show', one({ path: '$', show: {} })],
    ['p.mask[1].show', one({ path: '$', show: { first: 6, last: 4 } })],
    ['p.mask[1].show', one({ path: '$', show: { middle: 4 } })],
    ['p.mask[1].show.last', one({ path: '$', show: { last: 0 } })],
    ['p.mask[1].show.last', one({ path: '$', show: { last: -4 } })],
    ['p.mask[1].show.first', one({ path: '$', show: { first: 1.5 } })],
    ['p.mask[1].show.first', one({ path: '$', show: { first: 65 } })],
    ['p.mask[1].show.last', one({ path: '$', show: { last: '4' } })],
    ['p.mask[1].remove', one({ path: '$', remove: false })],
    ['p.mask[1].show', one({ path: '$', remove: true, show: 'type' })],
  ])('refuses a bad %s: %j', (field, policy) => {
    const expected = field.replace(/^p/, 'policies.p');
    expect(refusal(() => new DecodePolicies({ policies: { p: policy as DecodePolicy } })).split(' ')[0]).toBe(
      expected,
    );
  });
});

describe('DecodePolicies', () => {
  const card = '{"card":"4111111111111234","name":"Anna","in":{"pin":"1"},"message":"m","stack_trace":"s"}';
  const policies: DecodePoliciesOptions['policies'] = {
    admin: 'full',
    nobody: 'denied',
    support: {
      mask: [{ path: '$.card', show: { last: 4 } }, { path: '$.name', remove: true }, { path: '$.in' }],
    },
    billing: {
      mask: [
        { path: '$.card', show: { last: 2 } },
        { path: '$.in.pin', show: 'type' },
      ],
      failures: 'show',
    },
    ['__proto__x']: 'full',
  };
  const roles = new DecodePolicies({ policies });
  const shown = async (...names: string[]) => textOf(await apply(roles.policyFor(names), payload(card)));

  it('allows nothing without a role that has a policy', () => {
    for (const names of [[], ['unknown'], ['nobody'], ['constructor'], ['__proto__'], ['Admin'], ['']]) {
      expect(roles.policyFor(names).kind).toBe('denied');
    }
  });

  it('adds roles up', async () => {
    expect(roles.policyFor(['support', 'admin']).kind).toBe('full');
    expect(roles.policyFor(['nobody', 'support']).kind).toBe('mask');
    expect(await shown('support')).toBe(
      '{"card":"****1234","in":"[masked]","message":"[masked]","stack_trace":"[masked]"}',
    );
    expect(await shown('billing')).toBe(
      '{"card":"****34","name":"Anna","in":{"pin":"[masked string]"},"message":"m","stack_trace":"s"}',
    );
    const both =
      '{"card":"****1234","name":"Anna","in":{"pin":"[masked string]"},"message":"m","stack_trace":"s"}';
    expect(await shown('support', 'billing')).toBe(both);
    expect(await shown('billing', 'nobody', 'support', 'support', 'unknown')).toBe(both);
  });

  it.each<[MaskRule, MaskRule, string]>([
    [{ path: '$.a' }, { path: '$.a', show: 'type' }, '{"a":"[masked string]"}'],
    [{ path: '$.a', remove: true }, { path: '$.a' }, '{"a":"[masked]"}'],
    [{ path: '$.a', show: 'type' }, { path: '$.a', show: { first: 1 } }, '{"a":"1****"}'],
    [{ path: '$', remove: true }, { path: '$.a' }, '{"a":"[masked]"}'],
  ])('shows what the moreVisible of two roles does, with %j and %j', async (one, other, expected) => {
    const two = new DecodePolicies({ policies: { one: { mask: [one] }, other: { mask: [other] } } });
    for (const names of [
      ['one', 'other'],
      ['other', 'one'],
    ]) {
      expect(textOf(await apply(two.policyFor(names), payload('{"a":"123456"}')))).toBe(expected);
    }
  });

  it('hides nothing because another role has a filter that cannot be used', async () => {
    const two = new DecodePolicies({
      policies: { filtering: { mask: [{ path: '$.n[?@ > 5]' }] }, plain: { mask: [{ path: '$.a' }] } },
    });
    const given = payload('{"a":"123456","n":[9007199254740993]}');
    expect(textOf(await apply(two.policyFor(['filtering']), given))).toMatch(/^"\[hidden by policy/);
    for (const names of [
      ['filtering', 'plain'],
      ['plain', 'filtering'],
    ]) {
      expect(textOf(await apply(two.policyFor(names), given))).toBe(
        '{"a":"[masked]","n":[9007199254740993]}',
      );
    }
  });

  it('starts from the default', async () => {
    const withDefault = new DecodePolicies({
      policies: { admin: 'full' },
      defaultPolicy: { mask: [{ path: '$.name' }] },
    });
    expect(textOf(await apply(withDefault.policyFor([]), payload('{"name":"Anna"}')))).toBe(
      '{"name":"[masked]"}',
    );
    expect(withDefault.policyFor(['admin']).kind).toBe('full');
  });

  it.each<[field: string, options: unknown]>([
    ['policies', {}],
    ['policies', { policies: [] }],
    ['policies.support.mask[0].path', { policies: { support: { mask: [{ path: 'x' }] } } }],
    ['default', { policies: {}, default: 'full' }],
    ['defaultPolicy', { policies: {}, defaultPolicy: 'full' }],
    ['defaultPolicy.mask', { policies: {}, defaultPolicy: { mask: [] } }],
    ['policies.temp', { policies: { temp: 'denied' }, defaultPolicy: { mask: [{ path: '$.a' }] } }],
  ])('refuses a bad %s: %j', (field, options) => {
    expect(refusal(() => new DecodePolicies(options as DecodePoliciesOptions)).split(' ')[0]).toBe(field);
  });
});
