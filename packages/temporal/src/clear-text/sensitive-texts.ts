/** Kinds of data that are told by their form, and not by a list of names. */
export type SensitiveKind = (typeof SENSITIVE_KINDS)[number];

export const SENSITIVE_KINDS = ['card-number', 'email', 'iban', 'us-ssn'] as const;

/** Finds one kind of data in a text. */
export interface SensitiveText {
  /** What it is called in messages. */
  readonly name: string;
  isIn(text: string): boolean;
}

const KINDS: Readonly<Record<SensitiveKind, (text: string) => boolean>> = {
  'card-number': hasCardNumber,
  email: (text) => EMAIL.test(text),
  iban: hasIban,
  'us-ssn': (text) => US_SSN.test(text),
};

const EMAIL = /[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,63}/;

/** As the Social Security Administration gives them: no group is all zeros, none begins with 9 or is 666. */
const US_SSN = /(?<!\d|\d-)(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?!\d|-\d)/;

/** What finds a kind of data. */
export function sensitiveTextOf(kind: SensitiveKind): SensitiveText {
  return { name: kind, isIn: KINDS[kind] };
}

/** Groups of digits with one space or hyphen between them. */
const DIGITS = /(?<![0-9A-Za-z])\d+(?:[ -]\d+)*(?![0-9A-Za-z])/g;
const CARD_DIGITS = { least: 13, most: 19 };

/**
 * The numbers that card networks give out (ISO/IEC 7812), by how they begin and how long they are: Visa,
 * Mastercard, American Express, Discover, JCB, Diners Club, UnionPay, Maestro. Times in milliseconds or
 * nanoseconds are none of them.
 */
const CARD =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|6(?:011|4[4-9]\d|5\d\d)\d{12,15}|35(?:2[89]|[3-8]\d)\d{12,15}|3(?:0[0-5]|[68]\d)\d{11,16}|62\d{14,17}|(?:50|5[6-8]|6[379])\d{11,17})$/;

/** Longer runs of groups than this are no text that a person wrote. */
const MAX_GROUPS = 64;

function hasCardNumber(text: string): boolean {
  return [...text.matchAll(DIGITS)].some(([match]) => {
    const groups = match.split(/[ -]/).slice(0, MAX_GROUPS);
    return groups.some((_, first) => beginsWithCard(groups.slice(first)));
  });
}

/** Whether the first of the groups, as many as it takes, are a card number. */
function beginsWithCard(groups: readonly string[]): boolean {
  let digits = '';
  for (const group of groups) {
    digits += group;
    if (digits.length > CARD_DIGITS.most) return false;
    if (digits.length >= CARD_DIGITS.least && CARD.test(digits) && hasLuhnDigit(digits)) return true;
  }
  return false;
}

/** The check digit of ISO/IEC 7812-1, annex B. */
function hasLuhnDigit(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const value = Number(digits[digits.length - 1 - index]) * (index % 2 === 1 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

/** ISO 13616: a country, two check digits, and as many letters and digits as the country has. */
const IBAN = /(?<![0-9A-Za-z])(?=([A-Z]{2})\d{2})[A-Z0-9](?: ?[A-Z0-9]){14,33}/g;

/** Lengths by country, of the IBAN registry that SWIFT keeps for ISO 13616. */
const IBAN_LENGTHS: ReadonlyMap<string, number> = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 ' +
    'FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 ' +
    'LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 ' +
    'SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

function hasIban(text: string): boolean {
  return [...text.matchAll(IBAN)].some(([match, country = '']) => {
    const length = IBAN_LENGTHS.get(country);
    const compact = match.replaceAll(' ', '');
    return length !== undefined && compact.length >= length && hasIbanCheck(compact.slice(0, length));
  });
}

/** ISO 7064, MOD 97-10: country and check digits go to the end, letters become numbers from 10. */
function hasIbanCheck(iban: string): boolean {
  let rest = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
