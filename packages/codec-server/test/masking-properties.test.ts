import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { query } from 'json-p3';
import { DecodePolicies, type MaskRule } from '../src';
import { apply, masked, payload, textOf } from './support/masked';

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

const NAMES = ['a', 'b', 'card', 'list', '__proto__', 'é', 'toString', '0'];
const PATHS = [
  '$',
  '$..card',
  '$.a',
  '$.a.b',
  '$.list[*]',
  '$.list[-1]',
  '$[0:2]',
  '$..a..card',
  '$..[?@.a]',
  '$["__proto__","é"]',
  '$..*',
  '$.list[::-1]',
  '$.list[3:0:-2]',
  '$..[-2:]',
  '$..[1:-1]',
  '$..["a","b"][0]',
  '$[*,*]',
  '$..[?@ == 1 || @.card]',
  '$..[?length(@) > 1]',
  '$..[?count(@[*]) == 2]',
  '$..[?@[?@.a || @[0]]]',
  '$..[?search(@.card, "[0-9]{3}.")]',
];

/** Any JSON value; each text in it is one of its own, and long enough to be found. */
const documents: fc.Arbitrary<Json> = fc
  .letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.oneof(
        fc.constant('text'),
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.constant(null),
      ),
      fc.array(tie('value'), { maxLength: 4 }),
      fc
        .uniqueArray(fc.tuple(fc.constantFrom(...NAMES), tie('value')), {
          maxLength: 4,
          selector: ([name]) => name,
        })
        .map((entries) => Object.fromEntries(entries) as Json),
    ),
  }))
  .value.map((value) => {
    let count = 0;
    return mapTexts(value, () => `unique${String(++count).padStart(4, '0')}.`);
  });

/** How a document may be written: with white space anywhere, and characters escaped. */
const written = fc
  .tuple(documents, fc.constantFrom('', ' ', '\n\t'), fc.boolean())
  .map(([value, space, escapes]) => ({
    value,
    text: write(value, space, escapes),
  }));
const rules: fc.Arbitrary<MaskRule> = fc.oneof(
  fc.record({ path: fc.constantFrom(...PATHS), show: fc.constantFrom('nothing' as const, 'type' as const) }),
  fc.record({ path: fc.constantFrom(...PATHS.slice(1)), remove: fc.constant(true as const) }),
);

function mapTexts(value: Json, map: (text: string) => string): Json {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, map));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapTexts(item, map)]));
}

function write(value: Json, space: string, escapes: boolean): string {
  const string = (text: string) =>
    escapes
      ? `"${text
          .split('')
          .map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
          .join('')}"`
      : JSON.stringify(text);
  const join = (items: string[]) => items.map((item) => space + item + space).join(',');
  if (typeof value === 'string') return string(value);
  if (Array.isArray(value)) return `[${join(value.map((item) => write(item, space, escapes)))}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, item]) => `${string(name)}${space}:${write(item, space, escapes)}`,
  );
  return `{${join(members)}}`;
}

function textsIn(value: Json): string[] {
  const texts: string[] = [];
  mapTexts(value, (text) => {
    texts.push(text);
    return text;
  });
  return texts;
}

const visible = (output: string) => new Set(textsIn(JSON.parse(output) as Json));

describe('for any document and rules', () => {
  it('no selected text is shown, and every other one is', async () => {
    await fc.assert(
      fc.asyncProperty(
        written,
        fc.array(rules, { minLength: 1, maxLength: 3 }),
        async ({ value, text }, mask) => {
          const output = await masked(text, ...mask);
          const selected = new Set(
            mask.flatMap(({ path }) =>
              query(path, value)
                .values()
                .flatMap((found) => textsIn(found as Json)),
            ),
          );
          const seen = visible(output);
          for (const one of textsIn(value)) {
            expect(seen.has(one)).toBe(!selected.has(one));
            if (selected.has(one)) expect(output).not.toContain(one);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('what is not selected is equal, and in place', async () => {
    await fc.assert(
      fc.asyncProperty(written, fc.constantFrom(...PATHS), async ({ value, text }, path) => {
        const expected = structuredClone({ root: value });
        for (const { location } of query(path, value)) {
          replaceAt(expected, ['root', ...location]);
        }
        expect(JSON.stringify(JSON.parse(await masked(text, { path })))).toBe(JSON.stringify(expected.root));
      }),
      { numRuns: 500 },
    );
  });

  it('every byte stays where nothing is selected', async () => {
    await fc.assert(
      fc.asyncProperty(written, async ({ text }) => {
        expect(await masked(text, { path: '$.absent' })).toBe(text);
      }),
    );
  });

  it('a second role hides nothing, and shows nothing that neither role shows', async () => {
    const policies = fc.array(rules, { minLength: 1, maxLength: 2 }).map((mask) => ({ mask }));
    await fc.assert(
      fc.asyncProperty(written, policies, policies, async ({ text }, one, other) => {
        const roles = new DecodePolicies({ policies: { one, other } });
        const seen = async (...names: string[]) =>
          visible(textOf(await apply(roles.policyFor(names), payload(text))));
        const texts = (names: Set<string>) => [...names].filter((name) => name.startsWith('unique')).sort();
        const apart = [...(await seen('one')), ...(await seen('other'))];
        expect(texts(await seen('one', 'other'))).toEqual(texts(new Set(apart)));
      }),
      { numRuns: 300 },
    );
  });

  it('what is shown of a text is never more than asked, and at most half of it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.integer({ min: 1, max: 8 }),
        fc.boolean(),
        async (value, n, isFirst) => {
          const output = JSON.parse(
            await masked(JSON.stringify(value), { path: '$', show: isFirst ? { first: n } : { last: n } }),
          ) as string;
          expect(output.isWellFormed()).toBe(true);
          if (output === '[masked]') return;
          const shown = output.replace('****', '');
          expect(Array.from(shown)).toHaveLength(n);
          expect(Array.from(value).length).toBeGreaterThanOrEqual(2 * n);
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** Puts the mask at a location, unless a part of the way is masked already. */
function replaceAt(root: Record<string, unknown>, location: (string | number)[]): void {
  let at: Record<string, unknown> = root;
  for (const step of location.slice(0, -1)) {
    const next = at[String(step)];
    if (typeof next !== 'object' || next === null) return;
    at = next as Record<string, unknown>;
  }
  const value = '[masked]';
  Object.defineProperty(at, String(location.at(-1)), {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}
