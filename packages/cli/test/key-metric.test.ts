import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { holdingsOf, keySamplesOfQuery, parseKeySamples } from '../src/keys/key-metric';

const line = (id: string, role: string, value: number | string, more = ''): string =>
  `waxseal_keyring_keys{waxseal_key_id="${id}",waxseal_key_role="${role}"${more}} ${String(value)}\n`;

describe('the text format of Prometheus', () => {
  it('gives the samples of the gauge, with escapes, spaces, time and a trailing comma', () => {
    const text = [
      '# TYPE waxseal_keyring_keys gauge\n',
      'other{waxseal_key_id="x",waxseal_key_role="primary"} 1\n',
      'waxseal_keyring_keys_other{waxseal_key_id="x",waxseal_key_role="primary"} 1\n',
      line('a \\"b\\" \\\\ } , c', 'primary', 1, ',otel_scope_name="@waxseal/opentelemetry"'),
      'waxseal_keyring_keys{ waxseal_key_role = "decryptOnly" , waxseal_key_id = "n", } 2 1700000000000\n',
      line('gone', 'primary', 0),
    ].join('');
    expect(parseKeySamples(text)).toEqual([
      {
        process: { otel_scope_name: '@waxseal/opentelemetry' },
        keyId: 'a "b" \\ } , c',
        role: 'primary',
        keyrings: 1,
      },
      { process: {}, keyId: 'n', role: 'decryptOnly', keyrings: 2 },
      { process: {}, keyId: 'gone', role: 'primary', keyrings: 0 },
    ]);
  });

  it.each([
    ['no value', 'waxseal_keyring_keys{waxseal_key_id="a",waxseal_key_role="primary"}'],
    [
      'a value that is no count',
      line('a', 'primary', '-1') + line('a', 'primary', 'NaN') + line('a', 'primary', '1e9'),
    ],
    ['an open string', 'waxseal_keyring_keys{waxseal_key_id="a,waxseal_key_role="primary"} 1'],
    ['no end', 'waxseal_keyring_keys{waxseal_key_id="a",waxseal_key_role="primary" 1'],
    ['no role', 'waxseal_keyring_keys{waxseal_key_id="a"} 1'],
    ['no labels', 'waxseal_keyring_keys 1'],
    ['a line that is far too long', line('a'.repeat(20_000), 'primary', 1)],
  ])('gives nothing of %s', (_, text) => {
    expect(parseKeySamples(text)).toEqual([]);
  });

  it('takes anything, and gives every key ID back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(Array.isArray(parseKeySamples(`waxseal_keyring_keys{${text}`))).toBe(true);
        const id = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
        expect(parseKeySamples(line(id, 'primary', 1))[0]?.keyId).toBe(text);
      }),
    );
  });

  it('is read in linear time', () => {
    const text = `waxseal_keyring_keys{${'a="\\\\",'.repeat(2_000)}\n`.repeat(500);
    expect(parseKeySamples(text)).toEqual([]);
  });
});

describe('the answer to a query', () => {
  const series = (instance: string | undefined, id: string, role: string, value = '1') => ({
    metric: {
      __name__: 'waxseal_keyring_keys',
      ...(instance === undefined ? {} : { instance }),
      waxseal_key_id: id,
      waxseal_key_role: role,
    },
    value: [1_700_000_000, value],
  });
  const answer = (result: unknown) => ({ status: 'success', data: { resultType: 'vector', result } });

  it('gives the samples', () => {
    expect(keySamplesOfQuery(answer([series('w:1', 'a', 'primary')]))).toEqual([
      { process: { instance: 'w:1' }, keyId: 'a', role: 'primary', keyrings: 1 },
    ]);
  });

  it.each([
    ['an error', { status: 'error', error: 'no' }],
    ['a matrix', { status: 'success', data: { resultType: 'matrix', result: [] } }],
    ['no result', { status: 'success', data: { resultType: 'vector' } }],
    ['null', null],
    ['text', 'x'],
  ])('is none for %s', (_, given) => {
    expect(keySamplesOfQuery(given)).toBeUndefined();
  });

  it('leaves out what is malformed', () => {
    const odd = [null, 1, {}, { metric: 'x', value: [1, '1'] }, series('w', 'a', 'primary', 'Inf')];
    expect(keySamplesOfQuery(answer(odd))).toEqual([]);
  });
});

describe('what a process has a key for', () => {
  it('is told process by process', () => {
    const of = (instance: string, keyId: string, role: string, keyrings = 1) => ({
      process: { instance },
      keyId,
      role,
      keyrings,
    });
    const samples = [
      of('before', 'old', 'primary'),
      of('added', 'old', 'primary'),
      of('added', 'new', 'decryptOnly'),
      of('promoted', 'old', 'decryptOnly'),
      of('promoted', 'new', 'primary'),
      of('gone', 'old', 'primary', 0),
      of('gone', 'new', 'primary', 1),
      of('tenants', 'old', 'primary', 2),
      of('tenants', 'new', 'decryptOnly', 1),
    ];
    expect(holdingsOf(samples, 'new', 'old')).toEqual([
      { process: { instance: 'before' }, next: 'absent', previous: 'primary' },
      { process: { instance: 'added' }, next: 'decryptOnly', previous: 'primary' },
      { process: { instance: 'promoted' }, next: 'primary', previous: 'decryptOnly' },
      { process: { instance: 'gone' }, next: 'primary', previous: 'absent' },
      {
        process: { instance: 'tenants' },
        next: 'absent',
        previous: 'primary',
        because: '1 of the 2 keyrings with the old key have the new one',
      },
    ]);
    expect(holdingsOf(samples.slice(0, 1), 'new', undefined)[0]?.previous).toBeUndefined();
  });
});
