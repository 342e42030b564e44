import { type WrittenWrappedKey, bytes } from '@waxseal/test-support/vectors';

import type { InvalidCase } from './invalid-vector';
import { payloadOf } from './payload-of';
import { JSON_PLAINTEXT, type Scenario } from './scenario';
import type { ValidCase } from './valid-vector';

const { inner } = payloadOf([['encoding', 'json/plain']], '{"orderId":"A-1001"}');

/** What a key service does with a wrapped key, in words that a description is made of. */
const OUTCOMES = {
  right: 'gives the data key',
  other: 'gives 32 other bytes',
  'of-0-bytes': 'gives 0 bytes',
  'of-16-bytes': 'gives 16 bytes',
  'of-33-bytes': 'gives 33 bytes',
  refused: 'refuses',
} as const;
type Outcome = keyof typeof OUTCOMES;

function wrapped({ wrap, name }: Scenario, keyId: string, outcome: Outcome): WrittenWrappedKey {
  const [, length] = /^of-(\d+)-bytes$/.exec(outcome) ?? [];
  if (length !== undefined) return wrap(keyId, bytes.fixed(`${name} ${keyId}`, Number(length)));
  if (outcome === 'other') return wrap(keyId, bytes.fixed(`${name} ${keyId}`, 32));
  const right = wrap(keyId);
  return outcome === 'right' ? right : { keyId: right.keyId, bytes: bytes.flip(right.bytes, 20) };
}

const idOf = (index: number): string => (index === 0 ? 'orders/v1' : `site-${String(index)}`);
const inWords = (outcomes: readonly Outcome[]): string =>
  outcomes.map((outcome, index) => `${idOf(index)} ${OUTCOMES[outcome]}`).join(', ');

/** An envelope that opens, though not every wrapped key gives the data key. */
function opens(number: number, ...outcomes: readonly Outcome[]): ValidCase {
  const keyIds = outcomes.map((_, index) => idOf(index));
  return {
    name: `${String(number)}-${outcomes.length > 3 ? 'eight-keys-last-right' : `keys-${outcomes.join('-')}`}`,
    description: `Wrapped keys of which one is right: ${inWords(outcomes)}.`,
    inner,
    plaintext: JSON_PLAINTEXT,
    keyIds,
    change: (_, made) => ({
      wrappedKeys: outcomes.map((outcome, index) => wrapped(made, idOf(index), outcome)),
    }),
  };
}

/** Wrapped keys that are searched for the right one (docs/spec/envelope.md §6, step 4). */
export const SEARCH_CASES: readonly ValidCase[] = [
  opens(54, 'other', 'right'),
  opens(55, 'right', 'other'),
  opens(56, 'of-16-bytes', 'right'),
  opens(57, 'of-0-bytes', 'right'),
  opens(58, 'of-33-bytes', 'right'),
  opens(59, 'refused', 'right'),
  opens(60, 'right', 'refused'),
  opens(61, 'other', 'refused', 'right'),
  opens(62, 'refused', 'other', 'of-0-bytes', 'of-16-bytes', 'of-33-bytes', 'refused', 'other', 'right'),
];

/** An envelope that no wrapped key opens. */
function fails(code: InvalidCase['code'], ...outcomes: readonly Outcome[]): InvalidCase {
  return {
    name: `keys-${outcomes.join('-')}`,
    description: `Wrapped keys of which none is right: ${inWords(outcomes)}.`,
    code,
    change: (_, made) => ({
      wrappedKeys: outcomes.map((outcome, index) => wrapped(made, idOf(index), outcome)),
    }),
    readerKeyIds: outcomes.map((_, index) => idOf(index)),
  };
}

/** Where none of several wrapped keys is right, or one is that the reader does not have. */
export const SEARCHED_IN_VAIN: readonly InvalidCase[] = [
  fails('KEY_SERVICE', 'refused', 'refused'),
  fails('KEY_SERVICE', 'refused', 'refused', 'refused'),
  fails('DECRYPTION_FAILED', 'other', 'refused'),
  fails('DECRYPTION_FAILED', 'refused', 'other'),
  fails('DECRYPTION_FAILED', 'of-0-bytes', 'refused'),
  fails('DECRYPTION_FAILED', 'refused', 'of-33-bytes'),
  fails('DECRYPTION_FAILED', 'other', 'other'),
  fails('DECRYPTION_FAILED', 'of-0-bytes'),
  {
    ...fails('DECRYPTION_FAILED', 'other', 'right'),
    name: 'keys-other-and-one-not-there',
    readerKeyIds: ['orders/v1'],
  },
  {
    ...fails('KEY_SERVICE', 'refused', 'right'),
    name: 'keys-refused-and-one-not-there',
    readerKeyIds: ['orders/v1'],
  },
  {
    ...fails('DECRYPTION_FAILED', 'right', 'right'),
    name: 'keys-right-and-a-wrong-tag',
    description: 'Two right wrapped keys, and the last bit of the tag differs.',
    damage: (envelope) => bytes.flip(envelope, envelope.length - 1),
  },
];

/** A wrong tag behind a right commitment ends the search, whatever the other services say. */
export const WRONG_TAG_AND_A_REFUSAL: readonly InvalidCase[] = (
  [
    ['right', 'refused'],
    ['refused', 'right'],
  ] as const
).map((outcomes) => ({
  ...fails('DECRYPTION_FAILED', ...outcomes),
  name: `keys-${outcomes.join('-')}-and-a-wrong-tag`,
  description: `The last bit of the tag differs: ${inWords(outcomes)}.`,
  damage: (envelope: Buffer) => bytes.flip(envelope, envelope.length - 1),
}));
