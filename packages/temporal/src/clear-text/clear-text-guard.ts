import { ConfigurationError } from '@waxseal/core';
import { assertKnownOptions, NEVER_RETRY, quote, WaxsealError } from '@waxseal/core/internal';
import { isSearchToken } from '../search/search-tokens';
import { SENSITIVE_KINDS, type SensitiveKind, type SensitiveText, sensitiveTextOf } from './sensitive-texts';

/** What must not stand where Temporal keeps it in clear. */
export interface ClearTextOptions {
  /** Search attributes whose values must be search tokens, by name (docs/search-attributes.md). */
  readonly searchAttributes?: readonly string[] | undefined;
  /**
   * What no text may hold that stays in clear: kinds of data (`card-number`, `email`, `iban`, `us-ssn`), and
   * patterns of your own, such as `/\bMRN-\d{8}\b/`.
   */
  readonly patterns?: readonly (SensitiveKind | RegExp)[] | undefined;
}

/** Where Temporal keeps a text in clear. */
export type ClearTextPlace =
  | 'workflow ID'
  | 'workflow type'
  | 'task queue'
  | 'search attribute'
  | 'memo key'
  | 'header name'
  | 'signal name'
  | 'query name'
  | 'update name'
  | 'update ID'
  | 'activity ID'
  | 'activity type'
  | 'schedule ID'
  | 'schedule note'
  | 'Nexus name'
  | 'Nexus operation ID'
  | 'Nexus header'
  | 'patch ID'
  | 'failure type'
  | 'reason';

/** A text that stays in clear. */
export interface ClearText {
  readonly place: ClearTextPlace;
  /** Which one, where there are several: of a search attribute or a header. A name of the application's. */
  readonly name?: string | undefined;
  readonly text: string;
}

/** Something confidential was about to be kept in clear. Nothing was sent to Temporal. */
export class ConfidentialTextError extends WaxsealError {
  override readonly name = 'ConfidentialTextError';
  readonly code = 'WAXSEAL_CONFIDENTIAL';

  readonly place: ClearTextPlace;
  /** What was found: a kind of data, a pattern's source, or `no search token`. Never the text itself. */
  readonly found: string;

  constructor({ place, name }: ClearText, found: string) {
    const where = name === undefined ? `A ${place}` : `The ${place} ${quote(name)}`;
    super(
      found === NO_TOKEN
        ? `${where} must hold search tokens, and holds something else. Temporal keeps it in clear: give SearchTokens.token() of the value.`
        : `${where} holds what is confidential (${quote(found)}), and Temporal keeps it in clear. Put it into an argument or a memo, and name things by a number that says nothing.`,
      false,
      { type: 'WaxsealConfidential', ...NEVER_RETRY },
    );
    this.place = place;
    this.found = found;
  }
}

const NO_TOKEN = 'no search token';
const OPTIONS: ReadonlySet<string> = new Set(['searchAttributes', 'patterns']);

/** Texts longer than this are looked at up to here: Temporal takes IDs of 1,000 characters. */
const MAX_LENGTH = 65_536;

/** Refuses what is confidential where Temporal keeps it in clear. */
export class ClearTextGuard {
  readonly #attributes: ReadonlySet<string>;
  readonly #sensitive: readonly SensitiveText[];

  /** @throws ConfigurationError that names the option */
  constructor(options: ClearTextOptions) {
    // Callers from JavaScript can hand over anything.
    const given: Readonly<Record<string, unknown>> = { ...(options as ClearTextOptions | undefined) };
    assertKnownOptions(given, OPTIONS, (name) => `clearText: ${JSON.stringify(name)}`);
    this.#attributes = new Set(namesOf(given['searchAttributes']));
    this.#sensitive = patternsOf(given['patterns']);
  }

  /** @throws ConfidentialTextError for the first text that must not be in clear */
  check(texts: Iterable<ClearText>): void {
    for (const text of texts) {
      if (text.place === 'search attribute' && this.#attributes.has(text.name ?? '')) {
        if (!isSearchToken(text.text)) throw new ConfidentialTextError(text, NO_TOKEN);
        continue;
      }
      const part = text.text.slice(0, MAX_LENGTH);
      const found = this.#sensitive.find((sensitive) => sensitive.isIn(part));
      if (found !== undefined) throw new ConfidentialTextError(text, found.name);
    }
  }
}

function namesOf(names: unknown): readonly string[] {
  if (names === undefined) return [];
  if (Array.isArray(names) && names.every((name) => typeof name === 'string' && name !== '')) {
    return names as string[];
  }
  throw new ConfigurationError(
    'clearText: searchAttributes must be an array of names, such as ["CustomerEmail"].',
  );
}

function patternsOf(patterns: unknown): readonly SensitiveText[] {
  if (patterns === undefined) return [];
  if (!Array.isArray(patterns)) throw badPatterns();
  return patterns.map((pattern: unknown) => {
    if (pattern instanceof RegExp) return own(pattern);
    if (SENSITIVE_KINDS.some((kind) => kind === pattern)) return sensitiveTextOf(pattern as SensitiveKind);
    throw badPatterns();
  });
}

function own(pattern: RegExp): SensitiveText {
  // With the flags g and y a pattern remembers where it stopped.
  const stateless = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
  return { name: pattern.source, isIn: (text) => stateless.test(text) };
}

function badPatterns(): ConfigurationError {
  return new ConfigurationError(
    `clearText: patterns must be an array of regular expressions and of ${SENSITIVE_KINDS.map((kind) => JSON.stringify(kind)).join(', ')}.`,
  );
}
