import { expect, it } from '@jest/globals';
import { AskError } from '../browser/ask';
import { payloadsIn } from '../browser/history';
import { boundTo, chosen, countKeys, keyIdsOf, NO_KEY, rowsOf, stateOf, type Row } from '../browser/rows';
import { base64 } from './support/post';

const payload = (encoding: string, keyId: string | undefined, bytes: number) => ({
  metadata: {
    encoding: base64(encoding),
    ...(keyId === undefined ? {} : { 'encryption-key-id': base64(keyId) }),
  },
  data: Buffer.alloc(bytes).toString('base64'),
});

/** Three envelopes under two keys, one in clear and one of another codec. */
function rows(): Row[] {
  const made = rowsOf(
    payloadsIn({
      first: payload('binary/envelope', 'b', 10),
      second: payload('binary/envelope', 'a', 30),
      third: payload('json/plain', undefined, 20),
      fourth: payload('binary/zlib', undefined, 5),
      fifth: payload('binary/envelope', 'b', 40),
    }).payloads,
  );
  const [first, second] = made;
  if (first === undefined || second === undefined) throw new Error('There are no rows.');
  first.description = {
    envelope: {
      version: 1,
      suite: 1,
      wrappedKeys: [{ keyId: 'b' }, { keyId: 'backup' }],
      context: { namespace: 'orders', 'workflow-id': 'order-1' },
    },
  };
  second.description = { defect: 'It is cut off.' };
  return made;
}

const fields = (some: readonly Row[]) => some.map(({ found }) => found.field).join(' ');
const list = (key: string, text: string, order: 'event' | 'size' | 'key' = 'event') =>
  fields(chosen(rows(), { key, text }, order));

it('are those of a key, also of one that opens them besides', () => {
  expect(list('b', '')).toBe('first fifth');
  expect(list('backup', '')).toBe('first');
  expect(list(NO_KEY, '')).toBe('third fourth');
  expect(list('', '')).toBe('first second third fourth fifth');
});

it('are those with all words, in whatever column', () => {
  expect(list('', 'ENCRYPTED')).toBe('first third fifth');
  expect(list('', 'orders encrypted')).toBe('first');
  expect(list('', 'cut')).toBe('second');
  expect(list('b', 'fif')).toBe('fifth');
  expect(list('', 'ada')).toBe('');
  const shown = rows();
  for (const row of shown.slice(2, 3)) row.text = 'Ada Lovelace';
  expect(fields(chosen(shown, { key: '', text: 'ada' }, 'event'))).toBe('third');
});

it('are in the order of the history, of their sizes, or of their keys', () => {
  expect(list('', '', 'size')).toBe('fifth second third first fourth');
  expect(list('', '', 'key')).toBe('third fourth second first fifth');
});

it('say what is known of them', () => {
  const [first, second, third, fourth, fifth] = rows();
  if (!first || !second || !third || !fourth || !fifth) throw new Error('There are no rows.');
  expect([first, second, third, fourth, fifth].map(stateOf)).toEqual([
    'Encrypted',
    'Malformed: It is cut off.',
    'Not encrypted',
    'Encoded: binary/zlib',
    'Encrypted',
  ]);
  expect(boundTo(first)).toEqual(['namespace orders', 'workflow order-1']);
  expect(keyIdsOf(first)).toEqual(['b', 'backup']);
  fifth.failure = new AskError(404, { code: 'WAXSEAL_UNKNOWN_KEY', message: 'x' });
  expect(stateOf(fifth)).toBe('Not decoded: WAXSEAL_UNKNOWN_KEY');
});

it('are counted by key, the most first, those without last', () => {
  expect(countKeys(rows())).toEqual([
    ['b', 2],
    ['a', 1],
    ['backup', 1],
    [NO_KEY, 2],
  ]);
});
