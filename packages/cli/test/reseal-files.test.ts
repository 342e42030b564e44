import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { JsonScanner } from '../src/reseal-files/json-scanner';
import { PayloadFinder, type PayloadSpans } from '../src/reseal-files/payload-spans';

/** What is found in a text that comes in pieces of so many bytes. */
function payloadsIn(text: string, pieceBytes = 1_000_000): PayloadSpans[] {
  const found: PayloadSpans[] = [];
  const scanner = new JsonScanner(new PayloadFinder((payload) => found.push(payload)));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) scanner.push(bytes.subarray(at, at + pieceBytes));
  scanner.end();
  return found;
}

const payload = (id: number): object => ({ metadata: { encoding: 'YQ==' }, data: `d${String(id)}` });
const isPayload = ({ metadata }: Record<string, unknown>): boolean =>
  typeof (metadata as { encoding?: unknown } | null | undefined)?.encoding === 'string';

/** What `JSON.parse` gives, in the order of its ends. */
function* parsedPayloads(json: unknown): Generator {
  if (typeof json !== 'object' || json === null) return;
  for (const each of Object.values(json)) yield* parsedPayloads(each);
  if (isPayload(json as Record<string, unknown>)) yield (json as { data?: unknown }).data;
}

describe('payloads in a text of JSON', () => {
  it('are where JSON.parse has them, however the text comes', () => {
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.nat(99).map(payload),
        fc.jsonValue(),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.oneof(fc.constantFrom('metadata', 'data', 'é\\"'), fc.string()), tie('tree'), {
          maxKeys: 3,
        }),
      ),
    }));
    fc.assert(
      fc.property(
        tree,
        fc.constantFrom(0, 1, '\t'),
        fc.integer({ min: 1, max: 9 }),
        (json, indent, bytes) => {
          const text = JSON.stringify(json, undefined, indent);
          const found = payloadsIn(text, bytes);
          const utf8 = Buffer.from(text);
          const data = found.map(({ data: span }): unknown =>
            span === undefined ? undefined : JSON.parse(utf8.subarray(span.start, span.end).toString()),
          );
          const expected = [...parsedPayloads(JSON.parse(text))];
          expect(data).toEqual(expected.map((each) => (typeof each === 'string' ? each : undefined)));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('say where they are, and in which document of several', () => {
    const text = `\uFEFF${JSON.stringify({ a: [0, { 'b c': payload(1) }] })}\n${JSON.stringify(payload(2))}\n`;
    expect(payloadsIn(text, 3).map(({ field }) => field())).toEqual(['a[1]["b c"]', '[1]']);
    expect(payloadsIn(JSON.stringify(payload(1))).map(({ field }) => field())).toEqual(['']);
  });

  it.each([
    ['data twice', '{"metadata":{"encoding":"YQ=="},"data":"a","data":"b"}'],
    ['metadata twice', '{"metadata":{},"metadata":{"encoding":"YQ=="},"data":"a"}'],
    ['an entry twice', '{"metadata":{"encoding":"YQ==","encoding":"YQ=="},"data":"a"}'],
    ['a long name', `{"metadata":{"encoding":"YQ==","${'n'.repeat(500)}":"YQ=="},"data":"a"}`],
    ['another payload', `{"metadata":{"encoding":"YQ=="},"x":[${JSON.stringify(payload(1))}],"data":"a"}`],
  ])('are in doubt with %s', (_what, text) => {
    expect(payloadsIn(text).at(-1)?.doubt).toEqual(expect.any(String));
  });

  it('may have names that are written in another way', () => {
    const [found] = payloadsIn('{"met\\u0061data":{"encod\\u0069ng":"YQ=="},"d\\u0061ta":"a\\/b"}', 1);
    expect(found?.data).toEqual({ start: 54, end: 60 });
  });

  it('take numbers of any size as they are, and no bytes from a text', () => {
    const text = '[-0.0e+12, 123456789012345678901234567890, true, null, "\\\\", "{\\"", ""] []';
    expect(payloadsIn(text, 1)).toEqual([]);
  });
});

describe('what is no JSON', () => {
  it.each([
    '{',
    '[1,]',
    '{"a":1,}',
    '{"a" 1}',
    '{1:2}',
    '[1 2]',
    '}',
    '[}',
    '{]',
    ',',
    '1,2',
    '"abc',
    '01',
    '+1',
    'nul',
    'NaN',
    '"a":1',
    '[,1]',
    '{"\\x":1}',
    "{'a':1}",
  ])('is refused, and told where: %s', (text) => {
    for (const bytes of [1, 100])
      expect(() => payloadsIn(text, bytes)).toThrow(/is not valid JSON at byte \d/);
  });

  it('is also what is nested so deep that memory would not be bounded', () => {
    expect(() => payloadsIn('['.repeat(20_000))).toThrow('nested more than 10000 deep at byte 10000');
  });
});
