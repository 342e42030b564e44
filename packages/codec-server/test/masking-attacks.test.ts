import { describe, expect, it } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import type { DecodePolicy } from '../src';
import { compileDecodePolicy, hiddenBecause, masked, metadataOf, payload, textOf } from './support/masked';

const SECRET = '4111111111111111';
const rule = { path: '$..card' };
const policy: DecodePolicy = { mask: [rule] };
const utf16 = (text: string) => Buffer.from(text, 'utf16le');
const nested = (depth: number) => `${'['.repeat(depth)}"${SECRET}"${']'.repeat(depth)}`;

describe('what cannot be masked is hidden whole', () => {
  it.each([
    'binary/plain',
    'binary/protobuf',
    'binary/encrypted',
    'binary/waxseal',
    'binary/zlib',
    'json/external-storage-reference',
    'json/plain ',
    'JSON/PLAIN',
    '',
    'constructor',
  ])('encoding %j', async (encoding) => {
    expect(await hiddenBecause(payload(`{"x":"${SECRET}"}`, encoding), rule)).toBe('encoding');
  });

  it.each<[string, string | Uint8Array]>([
    ['nothing', ''],
    ['white space', ' '],
    ['a byte order mark', `\ufeff{"card":"${SECRET}"}`],
    ['UTF-16', utf16(`{"card":"${SECRET}"}`)],
    ['UTF-16 with a mark', Buffer.concat([Buffer.of(0xff, 0xfe), utf16(`{"card":"${SECRET}"}`)])],
    [
      'bytes that are not UTF-8',
      Buffer.concat([Buffer.from(`{"x":"${SECRET}`), Buffer.of(0xff), Buffer.from('"}')]),
    ],
    ['overlong UTF-8', Buffer.from([0x22, 0xc0, 0xa2, 0x22])],
    ['a second value', `{"x":1}{"x":"${SECRET}"}`],
    ['trailing text', `{"x":1} ${SECRET}`],
    ['a trailing NUL', '{"x":1}\0'],
    ['a comment', `{/*${SECRET}*/"x":1}`],
    ['a trailing comma', '{"x":1,}'],
    ['a missing comma', `{"x":1 "y":"${SECRET}"}`],
    ['a missing colon', `{"x" "${SECRET}"}`],
    ['single quotes', `{'card':'${SECRET}'}`],
    ['a name without quotes', `{card:"${SECRET}"}`],
    ['NaN', '{"x":NaN}'],
    ['a leading zero', '{"x":01}'],
    ['a hexadecimal number', '{"x":0x10}'],
    ['an unclosed string', `{"x":"${SECRET}`],
    ['an unclosed escaped quote', `"${SECRET}\\"`],
    ['an unclosed object', `{"x":"${SECRET}"`],
    ['an unclosed array', `["${SECRET}"`],
    ['a wrong closer', `["${SECRET}"}`],
    ['a bad escape', `"\\x${SECRET}"`],
    ['a raw line break in a string', `"${SECRET}\n"`],
  ])('%s', async (_, data) => {
    expect(await hiddenBecause(payload(data), rule)).toBe('malformed');
  });

  it.each([
    ['the same name twice', `{"card":"${SECRET}","card":"1"}`],
    ['a name twice, once escaped', `{"card":"1","\\u0063ard":"${SECRET}"}`],
    ['a name twice, deep', `{"a":[{"b":1,"b":"${SECRET}"}]}`],
    ['__proto__ twice', `{"__proto__":1,"__proto__":"${SECRET}"}`],
  ])('%s', async (_, data) => {
    expect(await hiddenBecause(payload(data), rule)).toBe('ambiguous');
  });

  it.each([
    ['deep arrays', nested(65)],
    ['very deep arrays', nested(10_000)],
    ['a million open brackets', '['.repeat(1_000_000)],
    ['deep objects', `${'{"a":'.repeat(10_000)}"${SECRET}"${'}'.repeat(10_000)}`],
    ['a huge array', `[${'0,'.repeat(200_000)}"${SECRET}"]`],
  ])('%s', async (_, data) => {
    expect(await hiddenBecause(payload(data), rule)).toBe('too-large');
  });

  it.each([
    [12345678901234567890n, 'ambiguous'],
    [9007199254740993n, 'ambiguous'],
    [9007199254740992n, undefined],
  ])('numbers that a filter would take for others: %d', async (amount, reason) => {
    const text = `{"list":[{"amount":${String(amount)},"card":"x"}]}`;
    expect(await hiddenBecause(payload(text), { path: '$.list[?@.amount > 5].card' })).toBe(reason);
    expect(await hiddenBecause(payload(text), rule)).toBeUndefined();
  });

  it.each(['1e400', '-1e-400', '1.00000000000000000001', '123456789012345678901234567890'])(
    'a filter over %s',
    async (number) => {
      expect(await hiddenBecause(payload(`[${number}]`), { path: '$[?@ > 5]' })).toBe('ambiguous');
    },
  );

  it.each(['0', '-0', '1.10', '0.1', '1e3', '1E+3', '0.00', '1e21', '5e-324', '1.7976931348623157e308'])(
    'but no filter over %s',
    async (number) => {
      expect(await hiddenBecause(payload(`[${number}]`), { path: '$[?@ == "x"]' })).toBeUndefined();
    },
  );

  it.each<[string, Payload]>([
    [
      'a storage reference',
      payload('{}', 'json/protobuf', { messageType: 'temporal.api.sdk.v1.ExternalStorageReference' }),
    ],
    ['external payloads', { ...payload('{}'), externalPayloads: [{}] }],
  ])('%s', async (_, given) => {
    expect(await hiddenBecause(given, rule)).toBe('external');
  });

  it.each([
    ['a message type that is no name', payload('{}', 'json/protobuf', { messageType: SECRET })],
    ['a message type with text behind', payload('{}', 'json/protobuf', { messageType: `a.B\n${SECRET}` })],
    ['a null with data', payload(SECRET, 'binary/null')],
    ['a made-up code', payload('1', 'json/plain', { 'waxseal-unreadable': `card ${SECRET}` })],
    ['no data', { metadata: payload('').metadata ?? {} }],
  ])('%s', async (_, given) => {
    expect(await hiddenBecause(given, rule)).toBe('malformed');
  });

  it('data that are no bytes', async () => {
    expect(await hiddenBecause({ ...payload(''), data: [0x31] as never }, rule)).toBe('failed');
  });

  it('nothing of it is in what is shown', async () => {
    const given = [
      payload(SECRET, 'binary/plain', { [SECRET]: SECRET }),
      payload(`{"x":"${SECRET}"`),
      payload(`{"card":1,"card":"${SECRET}"}`),
      payload('1', SECRET),
      {},
      { metadata: null, data: null },
    ];
    const shown = await compileDecodePolicy(policy).apply(given);
    expect(shown).toHaveLength(given.length);
    for (const one of shown) {
      expect(JSON.stringify([textOf(one), metadataOf(one)])).not.toContain(SECRET);
      expect(JSON.parse(textOf(one))).toMatch(/^\[hidden by policy: /);
    }
  });
});

describe('names', () => {
  it.each([
    [`{"\\u0063ard":"${SECRET}"}`, '{"\\u0063ard":"[masked]"}'],
    [`{"\\u0063\\u0061\\u0072\\u0064":{"x":"${SECRET}"}}`, '{"\\u0063\\u0061\\u0072\\u0064":"[masked]"}'],
    [`{"a":{"card\\/no\\n":"${SECRET}"}}`, '{"a":{"card\\/no\\n":"[masked]"}}'],
    [`{"__proto__":{"card":"${SECRET}"}}`, '{"__proto__":{"card":"[masked]"}}'],
    [
      `{"constructor":{"prototype":{"card":"${SECRET}"}}}`,
      '{"constructor":{"prototype":{"card":"[masked]"}}}',
    ],
    [`{"hasOwnProperty":1,"card":"${SECRET}"}`, '{"hasOwnProperty":1,"card":"[masked]"}'],
    [`{"10":1,"2":{"card":"${SECRET}"},"a":1}`, '{"10":1,"2":{"card":"[masked]"},"a":1}'],
  ])('%s', async (text, expected) => {
    expect(await masked(text, rule, { path: '$..["card/no\\n"]' })).toBe(expected);
  });

  it('of prototypes select members only', async () => {
    expect(
      await masked(
        '{"a":{},"b":[]}',
        { path: '$..constructor' },
        { path: '$..length' },
        { path: '$..__proto__' },
      ),
    ).toBe('{"a":{},"b":[]}');
    expect(await masked(`{"__proto__":"${SECRET}"}`, { path: '$.__proto__' })).toBe(
      '{"__proto__":"[masked]"}',
    );
    expect(({} as Record<string, unknown>)['card']).toBeUndefined();
  });
});

describe('cost', () => {
  const timed = async (run: () => Promise<unknown>) => {
    const start = performance.now();
    await run();
    return performance.now() - start;
  };

  it('of 2 MiB of objects is moderate, and they are masked', async () => {
    const count = 24_000;
    const item = `{"id":123456,"card":"${SECRET}","note":"${'n'.repeat(42)}"},`;
    const text = `[${item.repeat(count).slice(0, -1)}]`;
    expect(text.length).toBeGreaterThan(2 * 1024 * 1024);
    let shown = '';
    expect(
      await timed(async () => (shown = await masked(text, { path: '$..card', show: { last: 4 } }))),
    ).toBeLessThan(5_000);
    expect(shown.match(/\*{4}1111/g)).toHaveLength(count);
    expect(shown).not.toContain(SECRET);
  });

  it('of 2 MiB in one string is moderate', async () => {
    const text = JSON.stringify(`${'\\"x'.repeat(700_000)}9876`);
    let shown = '';
    expect(
      await timed(async () => (shown = await masked(text, { path: '$', show: { last: 4 } }))),
    ).toBeLessThan(5_000);
    expect(shown).toBe('"****9876"');
  });

  it('of many payloads is bounded: what is left over is hidden, in its place', async () => {
    const large = payload(`[${'0,'.repeat(80_000)}0]`);
    const given = [payload('1'), ...Array.from({ length: 100 }, () => large), payload('2')];
    let shown: Payload[] = [];
    expect(await timed(async () => (shown = await compileDecodePolicy(policy).apply(given)))).toBeLessThan(
      10_000,
    );
    expect(shown).toHaveLength(given.length);
    expect(textOf(shown[0])).toBe('1');
    expect(metadataOf(shown.at(-1))['waxseal-hidden']).toBe('too-large');
  });

  it('of a path that selects values many times over is bounded', async () => {
    const given = payload(`[${'0,'.repeat(80_000)}0]`);
    expect(await hiddenBecause(given, { path: '$[*,*,*]' })).toBeUndefined();
    expect(await hiddenBecause(given, { path: `$[${'*,'.repeat(11)}*]` })).toBe('too-large');
  });

  it('of two descents into a deep document is bounded', async () => {
    const layer = `"x":[${'0,'.repeat(1_400)}0],"a":`;
    const text = `${`{${layer}`.repeat(60)}1${'}'.repeat(60)}`;
    let reason: string | undefined;
    expect(
      await timed(async () => (reason = await hiddenBecause(payload(text), { path: '$..*..card' }))),
    ).toBeLessThan(5_000);
    expect(reason).toBe('too-large');
  });
});
