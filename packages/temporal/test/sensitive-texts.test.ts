import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type SensitiveKind, sensitiveTextOf } from '../src/clear-text/sensitive-texts';

const isIn = (kind: SensitiveKind, text: string): boolean => sensitiveTextOf(kind).isIn(text);

/** Digits with the check digit of ISO/IEC 7812-1 behind them, found by trying. */
function withCheckDigit(digits: string): string {
  for (const check of '0123456789') {
    const doubled = Array.from(digits + check, Number).reverse();
    const sum = doubled.reduce((all, digit, index) => {
      if (index % 2 === 0) return all + digit;
      return all + (digit > 4 ? 2 * digit - 9 : 2 * digit);
    }, 0);
    if (sum % 10 === 0) return digits + check;
  }
  throw new Error('There is always one.');
}

const digitsOf = (count: number): fc.Arbitrary<string> =>
  fc.stringMatching(new RegExp(`^[0-9]{${String(count)}}$`));
const separator = fc.constantFrom('', ' ', '-');

describe('card numbers', () => {
  // Numbers that the networks give for tests.
  const TEST_CARDS = [
    '4111111111111111',
    '4222222222222',
    '5555555555554444',
    '2223003122003222',
    '378282246310005',
    '6011111111111117',
    '3530111333300000',
    '36227206271667',
    '6200000000000005',
    '6759649826438453',
  ];

  it.each(TEST_CARDS)('are found: %s', (card) => {
    const grouped = card.replace(/(.{4})(?=.)/g, '$1-');
    for (const text of [
      card,
      `order-${card}`,
      `order ${card} of 12`,
      `12 ${card}`,
      grouped,
      `a ${grouped} b`,
    ]) {
      expect(isIn('card-number', text)).toBe(true);
    }
  });

  it('are found in every grouping, with numbers beside them', () => {
    fc.assert(
      fc.property(digitsOf(12), separator, fc.nat(999), fc.nat(999), (rest, between, before, after) => {
        const card = withCheckDigit(`400${rest}`);
        const text = `${String(before)} ${card.replace(/(.{4})(?=.)/g, `$1${between}`)} ${String(after)}`;
        expect(isIn('card-number', text)).toBe(true);
      }),
    );
  });

  it('are no numbers with another digit, no times, no UUIDs and no longer numbers', () => {
    fc.assert(
      fc.property(digitsOf(12), fc.integer({ min: 1, max: 9 }), (rest, change) => {
        const card = withCheckDigit(`400${rest}`);
        const other = card.slice(0, -1) + String((Number(card.at(-1)) + change) % 10);
        expect(isIn('card-number', other)).toBe(false);
        expect(isIn('card-number', `${card}0000`)).toBe(false);
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1_500_000_000_000, max: 1_999_999_999_999 }), fc.uuid(), (ms, uuid) => {
        for (const text of [String(ms), `${String(ms)}000000`, uuid, `order-${uuid}-${String(ms)}`]) {
          if (/[0-9]-[0-9]/.test(uuid)) continue;
          expect(isIn('card-number', text)).toBe(false);
        }
      }),
    );
  });
});

describe('IBANs', () => {
  // Examples of the IBAN registry.
  const IBANS = [
    'DE89370400440532013000',
    'GB29NWBK60161331926819',
    'FR1420041010050500013M02606',
    'NO9386011117947',
    'MT84MALT011000012345MTLCAST001S',
  ];

  it.each(IBANS)('are found: %s', (iban) => {
    const grouped = iban.replace(/(.{4})(?=.)/g, '$1 ');
    for (const text of [iban, `refund ${iban}`, `${grouped} ORDER 12`, `account:${grouped}`]) {
      expect(isIn('iban', text)).toBe(true);
    }
  });

  it('are nothing that the check does not hold for', () => {
    for (const iban of IBANS) {
      const changed = iban.slice(0, -1) + (iban.endsWith('1') ? '2' : '1');
      expect(isIn('iban', changed)).toBe(false);
    }
    expect(isIn('iban', 'ZZ89370400440532013000')).toBe(false);
  });
});

describe('e-mail addresses and social security numbers', () => {
  it.each(['ada@example.com', 'order-for-ada.b+c@mail.example.co.uk', '<a@b.de>'])(
    'are found: %s',
    (text) => {
      expect(isIn('email', text)).toBe(true);
    },
  );

  it.each(['ada', 'queue@host', '@acme/orders', 'a@b', 'git@:x'])('are not: %s', (text) => {
    expect(isIn('email', text)).toBe(false);
  });

  it.each([
    ['078-05-1120', true],
    ['patient 219-09-9999.', true],
    ['000-12-3456', false],
    ['666-12-3456', false],
    ['912-12-3456', false],
    ['123-00-4567', false],
    ['1123-45-6789', false],
    ['123-45-67890', false],
  ])('%s: %s', (text, is) => {
    expect(isIn('us-ssn', text)).toBe(is);
  });
});
