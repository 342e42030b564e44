import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { html, visible } from '../src/keys/markup';
import { countInBins, timeBins } from '../src/keys/time-bins';
import { usagePage } from '../src/keys/usage-page';
import type { UsageReport } from '../src/keys/usage-report';
import { AS_OF_MS, HOSTILE_NAMES, sampleReport, SAMPLES, sampleUse } from './support/sample-usage';

const MS_PER_DAY = 86_400_000;
const samples = Object.entries(SAMPLES);

/** Tags that neither run nor load anything, with attributes that do not either. Links stay in the page. */
const HARMLESS =
  /^<(?:!doctype html|\/?(?:html|head|body|meta|title|style|header|main|nav|section|footer|figure|figcaption|details|summary|h1|h2|h3|p|div|span|bdi|b|em|strong|small|code|a|ul|ol|li|dl|dt|dd|table|caption|thead|tbody|tr|th|td|time|wbr|svg|title|desc|defs|pattern|g|rect|line|text)(?:\s+(?:charset|http-equiv|content|name|lang|id|class|dir|href="#|datetime|scope|data-heading|role|aria-[a-z]+|width|height|x|y|x1|x2|y1|y2|text-anchor|patternUnits|patternTransform)(?:="[^"<>]*"|[^"<>\s]*"))*\s*\/?)>$/;

/** The page without the text of its style. */
function unstyled(page: string): string {
  return page.replace(/<style>[^<]*<\/style>/, '<style></style>');
}

function tagsOf(page: string): string[] {
  return unstyled(page).match(/<[^>]*>?/g) ?? [];
}

/** What a reader sees of a part of the page. */
function textOf(markup: string): string {
  return markup
    .replace(/<[^>]*>/g, '')
    .replace(
      /&(lt|gt|quot|#39|amp);/g,
      (_, name: string) => ({ lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' })[name] ?? '',
    )
    .replace(/\s+/g, ' ')
    .trim();
}

function sectionOf(page: string, id: string): string {
  const [, rest = ''] = page.split(`<section id="${id}"`);
  return rest.split('<h2')[1] ?? '';
}

/** The cells of the rows in all tables of a part. */
function rowsOf(markup: string): string[][] {
  return [...markup.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map(([, row = '']) =>
    [...row.matchAll(/<(?:th|td)[^>]*>(.*?)<\/(?:th|td)>/gs)].map(([, cell = '']) => textOf(cell)),
  );
}

function report(sample: string): UsageReport {
  const make = SAMPLES[sample];
  if (make === undefined) throw new Error(`There is no sample ${sample}.`);
  return make();
}

describe('what the page may do', () => {
  it.each(samples)('is to show itself, by the hash of its style: %s', (_, make) => {
    const page = usagePage(make());
    const style = /<style>([^<]*)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page).toContain(
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'" />`,
    );
    expect(style).not.toMatch(/@import|@font-face|url\((?!#)/);
    expect(page.match(/<style/g)).toHaveLength(1);
  });

  it.each(samples)('is not to run or load anything: %s', (_, make) => {
    const tags = tagsOf(usagePage(make()));
    expect(tags.length).toBeGreaterThan(50);
    expect(tags.filter((tag) => !HARMLESS.test(tag))).toEqual([]);
  });

  it('is not up to what payloads say', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({
        unit: fc.constantFrom('<', '>', '"', "'", '&', '/', 'a', ' ', '=', '`', '\\', '-', '!'),
        maxLength: 40,
      }),
      fc.constantFrom(...HOSTILE_NAMES),
    );
    fc.assert(
      fc.property(name, name, (key, other) => {
        const holder = { id: other, runId: other, type: other, startMs: 0, sole: true };
        const uses = [
          sampleUse(
            key,
            3,
            1,
            {},
            { holders: { schedules: { count: 1, soleCount: 1, named: [holder], closeDays: {} } } },
          ),
          sampleUse(other, 3, 1, {}, { format: 'plaintext' }),
        ];
        const page = usagePage(
          sampleReport({ uses, scanned: { source: other, namespace: key, leftOut: [key] } }),
        );
        expect(tagsOf(page).filter((tag) => !HARMLESS.test(tag))).toEqual([]);
        expect(textOf(unstyled(page))).not.toMatch(
          /[^\P{C}]|[\u2028\u2029]|\p{Default_Ignorable_Code_Point}/u,
        );
      }),
      { numRuns: 60 },
    );
  });

  it('is within bounds, however many keys there are and however long their names', () => {
    const uses = Array.from({ length: 1_000 }, (_, index) =>
      sampleUse(`${String(index)}${'\u202e'.repeat(1_020)}`, 3, 1, {
        'open executions': 30,
        'closed executions': 30,
      }),
    );
    const page = usagePage(sampleReport({ uses }));
    expect(page.length).toBeLessThan(8_000_000);
    expect(page).toContain('970 keys with fewer payloads are not drawn');
    expect(rowsOf(sectionOf(page, 'keys'))).toHaveLength(1_001);
  });
});

describe('a template', () => {
  it.each([
    ['content', (text: string) => html`<b>${text}</b>`],
    ['an attribute', (text: string) => html`<b title="${text}"></b>`],
  ])('escapes a value as %s, and makes it visible', (_, template) => {
    const markup = template('"><i a=\'&\u202e').toString();
    expect(markup).toContain('&quot;&gt;&lt;i a=&#39;&amp;\\u202e');
  });

  it('takes what is markup as it is', () => {
    expect(html`<b>${html`<i>${'&'}</i>`}${[html`1`, html`2`]}${undefined}${3}</b>`.toString()).toBe(
      '<b><i>&amp;</i>123</b>',
    );
  });
});

describe('text made visible', () => {
  it('is the text to the character', () => {
    const original = (text: string): string =>
      text.replace(
        /\\u\{([0-9a-f]+)\}|\\u([0-9a-f]{4})|\\(.)/g,
        (_, braced?: string, four?: string, one?: string) => {
          const code = braced ?? four;
          if (code !== undefined) return String.fromCodePoint(parseInt(code, 16));
          return (
            ({ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' } as Record<string, string>)[one ?? ''] ??
            one ??
            ''
          );
        },
      );
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => original(visible(text)) === text));
    for (const name of HOSTILE_NAMES) expect(original(visible(name))).toBe(name);
  });

  it.each([
    ['a\u202eb', 'a\\u202eb'],
    ['\u0000\n', '\\u0000\\n'],
    ['\u061c\u{e0041}\u3164', '\\u{61c}\\u{e0041}\\u{3164}'],
    ['é "q" \\', 'é "q" \\\\'],
    ['e\u0301\u0301\u0301', 'e\u0301\u0301\\u{301}'],
    ['a\u00a0b', 'a\\u{a0}b'],
  ])('shows %j as %s', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });
});

describe('figures', () => {
  it.each(samples.filter(([name]) => name !== 'hostile'))('are those of the report: %s', (_, make) => {
    const usage = make();
    const page = usagePage(usage);
    const [, ...rows] = rowsOf(sectionOf(page, 'keys'));
    const told = new Map(rows.map((cells) => [`${cells[1] ?? ''} ${cells[2] ?? ''}`, cells]));
    expect(told.size).toBe(usage.keys.length);
    const minute = (iso: string | null): string => iso?.slice(0, 16).replace('T', ' ') ?? '?';
    for (const key of usage.keys) {
      const cells = told.get(`${key.key} ${key.version ?? 'not named'}`) ?? [];
      expect(cells[4]).toBe(key.payloads.toLocaleString('en'));
      expect(cells[5]).toBe(key.sole.toLocaleString('en'));
      expect(cells[6]).toBe(`${minute(key.firstSeen)} ${minute(key.lastSeen)}`);
      for (const { count } of key.neededBy) expect(cells[7]).toContain(String(count));
      const drawn = rowsOf(sectionOf(page, 'use')).filter(([label]) =>
        label?.startsWith(`${cells[0] ?? ''} `),
      );
      expect(drawn.reduce((sum, row) => sum + Number(row[2]?.replace(',', '')), 0)).toBe(key.payloads);
    }
    for (const { name, payloads } of [...usage.plaintext, ...usage.elsewhere, ...usage.malformed]) {
      expect(rowsOf(sectionOf(page, 'others'))).toContainEqual(
        expect.arrayContaining([name, payloads.toLocaleString('en')]),
      );
    }
  });

  it('say from when a key is not needed, never too early, and how many go until then', () => {
    const page = usagePage(report('rotation'));
    // Its last execution closed at 08:12:34.567 on 16 November, and the retention is 30 days.
    expect(textOf(sectionOf(page, 'verdicts'))).toContain('Not needed from 2026-12-16 08:13 UTC');
    const left = rowsOf(sectionOf(page, 'timeline')).filter(([label]) => label?.startsWith('K2 '));
    expect(left[0]?.slice(1)).toEqual(['2026-11-30', '166']);
    expect(left.at(-1)?.[1]).toBe('2026-12-16');
    const stay = rowsOf(sectionOf(page, 'timeline')).filter(([label]) => label?.startsWith('K1 '));
    expect(stay.at(-1)?.slice(1)).toEqual(['2026-12-31', '34']);
  });

  it('keep what closed on a day until the end of that day and the retention', () => {
    const uses = [sampleUse('orders', 40, 1, { 'closed executions': 1 })];
    const page = usagePage(sampleReport({ uses, scanned: { retentionMs: 1.5 * MS_PER_DAY } }));
    expect(rowsOf(sectionOf(page, 'timeline')).at(-1)?.[1]).toBe('2026-12-01');
  });

  it('leave out what has no time that can be drawn, and say so', () => {
    const uses = [
      sampleUse(
        'orders',
        3,
        3,
        {},
        { payloads: 107, days: { '+010000-01': 40, '1970-01-01': 30, '2026-11-27': 37 } },
      ),
    ];
    const section = textOf(sectionOf(usagePage(sampleReport({ uses })), 'use'));
    expect(section).toContain('Payloads by day');
    expect(section).toContain('Not drawn: 70 payloads');
  });
});

describe('a report that is not complete', () => {
  it('says so first, at each section and in each verdict, and names what was left out', () => {
    const page = usagePage(report('incomplete'));
    const text = textOf(unstyled(page));
    expect(text.indexOf('Do not switch off any key by it.')).toBeLessThan(
      text.indexOf('When each key may be'),
    );
    expect(text).toContain('Schedules could not be listed');
    expect(page.match(/<h2[^>]*>[^<]*<span class="flag">incomplete/g)).toHaveLength(8);
    expect(page).not.toMatch(/class="verdict (?:free|later)"/);
    expect(textOf(sectionOf(page, 'verdicts')).match(/Not all was looked at/g)).toHaveLength(2);
  });

  it('is not what a complete one looks like', () => {
    expect(usagePage(report('rotation'))).not.toMatch(/class="incomplete"|class="flag"/);
  });
});

describe('what is said of a key', () => {
  const said = (...given: Parameters<typeof sampleReport>): string =>
    textOf(sectionOf(usagePage(sampleReport(...given)), 'verdicts'));

  it('is that it was written under of late, where it was', () => {
    const uses = (daysAgo: number) => [sampleUse('orders', 40, daysAgo, { 'closed executions': 1 })];
    expect(said({ uses: uses(6) })).toContain('within a week of this scan');
    expect(said({ uses: uses(8) })).not.toContain('within a week of this scan');
  });

  it('is that no date is known where what should be gone is there', () => {
    const text = said({ uses: [sampleUse('orders', 60, 40, { 'closed executions': 3 })] });
    expect(text).toContain('Not known: no date can be given');
    expect(text).toContain('3 closed holders outlived the retention');
    expect(text).toContain('Freed by deletion by Temporal: the retention has passed');
  });

  it('is that the date may be too early where some of what should be gone is there', () => {
    const closed = sampleUse('orders', 60, 20, { 'closed executions': 3 }).holders['closed executions'];
    const holders = closed && {
      'closed executions': { ...closed, closeDays: { '2026-10-01': 2, '2026-11-10': 1 } },
    };
    const text = said({ uses: [sampleUse('orders', 60, 20, {}, holders && { holders })] });
    expect(text).toContain('Not needed from 2026-12-10 08:13 UTC');
    expect(text).toContain('2 closed holders outlived the retention');
  });

  it('is that no date is known without the retention', () => {
    const uses = [sampleUse('orders', 40, 20, { 'closed executions': 1 })];
    const text = said({ uses, scanned: { retentionMs: undefined as unknown as number } });
    expect(text).toContain('Not known: no date can be given');
    expect(text).toContain('Freed by a retention, which is not known');
  });

  it('is until when it is needed beside others', () => {
    const holders = { 'open executions': { count: 1, soleCount: 0, named: [], closeDays: {} } };
    const text = said({ uses: [sampleUse('orders', 40, 20, {}, { sole: 0, holders })] });
    expect(text).toContain('1 open execution. Freed by');
    expect(text).toContain('it is not needed as long as those stay');
  });
});

describe('periods of a chart', () => {
  it('are at most 60, follow each other, and hold all that is between their ends', () => {
    const time = fc.integer({ min: Date.parse('0001-01-01'), max: Date.parse('9990-01-01') });
    fc.assert(
      fc.property(time, fc.integer({ min: 0, max: 4_000 * 365 }), (fromMs, days) => {
        const toMs = Math.min(fromMs + days * MS_PER_DAY, Date.parse('9990-01-01'));
        const cut = timeBins(fromMs, toMs);
        expect(cut.bins.length).toBeLessThanOrEqual(60);
        expect(cut.bins[0]?.startMs).toBeLessThanOrEqual(fromMs);
        expect(cut.bins.at(-1)?.endMs).toBeGreaterThan(toMs);
        for (const [index, { startMs }] of cut.bins.slice(1).entries())
          expect(startMs).toBe(cut.bins[index]?.endMs);
        const counts = [fromMs, toMs].map((ms, index) => ({
          day: new Date(ms).toISOString().slice(0, 10),
          count: index + 1,
        }));
        expect(countInBins(counts, cut).reduce((sum, each) => sum + each, 0)).toBe(3);
      }),
    );
  });

  it('are days, weeks from Monday on, months and years', () => {
    const unit = (days: number): [string, string | undefined] => {
      const { unit: name, bins } = timeBins(AS_OF_MS - days * MS_PER_DAY, AS_OF_MS);
      return [name, bins.at(-1)?.label];
    };
    expect(unit(59)).toEqual(['day', '2026-11-30']);
    expect(unit(60)).toEqual(['week', '2026-11-30']);
    expect(unit(500)).toEqual(['month', '2026-11']);
    expect(unit(3_000)).toEqual(['year', '2026']);
  });
});
