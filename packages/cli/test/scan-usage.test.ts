import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { keyAndVersion } from '../src/keys/key-version';
import { ScanState } from '../src/scan/scan-state';
import { HOLDER_KINDS } from '../src/scan/use';
import { MOST_NAMES, Usage } from '../src/scan/usage';
import { usageWithin } from '../src/scan/usage-within';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 30);

const name = fc.constantFrom('k1', 'k2', '__proto__', 'constructor', 'toString');
const payload = fc.record({
  format: fc.constantFrom('waxseal' as const, 'plaintext' as const, 'malformed' as const),
  names: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
  kind: fc.constantFrom('input' as const, 'memo' as const),
  timeMs: fc.option(fc.integer({ min: NOW_MS - 9 * DAY_MS, max: NOW_MS }), { nil: undefined }),
});
const holder = fc.record({
  kind: fc.constantFrom(...HOLDER_KINDS),
  startMs: fc.option(fc.integer({ min: NOW_MS - 9 * DAY_MS, max: NOW_MS }), { nil: undefined }),
  closeMs: fc.option(fc.integer({ min: NOW_MS - 9 * DAY_MS, max: NOW_MS }), { nil: undefined }),
  payloads: fc.array(payload, { maxLength: 4 }),
});
type Held = typeof holder extends fc.Arbitrary<infer T> ? T : never;

function usageOf({ kind, startMs, closeMs, payloads }: Held, id: string): Usage {
  const usage = new Usage();
  for (const { format, names, kind: of, timeMs } of payloads) {
    usage.count(format, names, of, timeMs, format === 'waxseal');
  }
  usage.heldBy({
    kind,
    id,
    ...(startMs !== undefined && { startMs }),
    ...(closeMs !== undefined && { closeMs }),
  });
  return usage;
}

describe('a usage for a payload of Temporal', () => {
  it('names fewer holders where it is too large, and counts the same', () => {
    const usage = new Usage();
    for (let index = 0; index < 40; index++) {
      const one = new Usage();
      one.count('waxseal', ['k1', 'k2'], 'input', NOW_MS, true);
      one.heldBy({ kind: 'open executions', id: 'é'.repeat(100) + String(index), startMs: NOW_MS });
      usage.add(one);
    }
    const whole = usageWithin(usage, 1e6);
    expect(whole).toEqual(usage.toJSON());
    const size = (json: unknown): number => Buffer.byteLength(JSON.stringify(json));
    const least = size(usageWithin(usage, 1_000));
    for (const most of [size(whole), size(whole) - 1, 3_000, 1_500, least]) {
      const json = usageWithin(usage, most);
      expect(size(json)).toBeLessThanOrEqual(most);
      expect(json?.uses.map(({ holders }) => holders['open executions']?.count)).toEqual([40, 40]);
      expect(json?.uses[0]?.holders['open executions']?.named.length).toBeLessThan(
        most === size(whole) ? 26 : 25,
      );
    }
    expect(usageWithin(usage, least - 1)).toBeUndefined();
    expect(usage.uses[0]?.holders['open executions']?.named).toHaveLength(25);
  });
});

const stored = (usage: Usage): Usage => Usage.fromJSON(structuredClone(usage.toJSON()));

describe('what is counted', () => {
  it('adds up to the same in any order, in any parts, and stored in between', () => {
    const parts = fc
      .array(holder, { maxLength: 40 })
      .chain((holders) =>
        fc.tuple(
          fc.constant(holders),
          fc.shuffledSubarray([...holders.keys()], { minLength: holders.length }),
          fc.array(fc.nat(4), { minLength: holders.length, maxLength: holders.length }),
        ),
      );
    fc.assert(
      fc.property(parts, ([holders, order, groups]) => {
        const usages = (): Usage[] => holders.map((each, index) => usageOf(each, `w${String(index)}`));
        const whole = new Usage();
        for (const each of usages()) whole.add(each);
        const some = [0, 1, 2, 3, 4].map(() => new Usage());
        const singly = usages();
        for (const index of order) some[groups[index] ?? 0]?.add(stored(singly[index] ?? new Usage()));
        const sum = new Usage();
        for (const each of some) sum.add(stored(each));
        expect(sum.toJSON()).toEqual(whole.toJSON());
      }),
      { numRuns: 200 },
    );
  });

  it('says how many keys are not told apart, and keeps the others', () => {
    const usage = new Usage();
    for (let index = 0; index < MOST_NAMES + 7; index++)
      usage.count('waxseal', [`k${String(index)}`], 'input', 0, true);
    const sum = new Usage();
    sum.add(stored(usage));
    sum.count('waxseal', ['another'], 'input', 0, true);
    expect(sum.uses).toHaveLength(MOST_NAMES);
    expect(sum.notToldApart).toBe(8);
  });
});

describe('the state of a scan', () => {
  const slice = { listed: 'workflows', set: 'closed', query: '', count: 1 } as const;
  const closed = (key: 'k1' | 'k2', closeMs: number): Usage => {
    const payloads = [{ format: 'waxseal' as const, names: [key], kind: 'input' as const, timeMs: closeMs }];
    return usageOf({ kind: 'closed executions', startMs: closeMs, closeMs, payloads }, key);
  };
  const scanned = (state: ScanState, day: string, usage: Usage): ScanState => {
    state.slices ??= [slice];
    state.add({ open: new Usage(), closed: { [day]: usage }, executions: 1, gone: 0 });
    return state;
  };
  const first = (): ScanState =>
    scanned(new ScanState('id', undefined, NOW_MS), '2026-11-29', closed('k1', NOW_MS - DAY_MS));

  it('is built on by the next scan, and gone on with by the same', () => {
    const next = scanned(
      new ScanState('id', first().toStored(true), NOW_MS + 1),
      '2026-11-29',
      closed('k2', NOW_MS - DAY_MS),
    );
    expect(next.sinceMs).toBe(NOW_MS);
    const resumed = new ScanState('id', structuredClone(next.toStored(false)), NOW_MS + 2);
    expect([resumed.asOfMs, resumed.done, resumed.isResumed]).toEqual([NOW_MS + 1, 1, true]);
    expect(resumed.total().uses.map((use) => use.name)).toEqual(['k1', 'k2']);
    const last = new ScanState('id', resumed.toStored(true), NOW_MS + 3);
    expect(last.total().toJSON()).toEqual(resumed.total().toJSON());
  });

  it('forgets a day only when nothing of it is listed any more', async () => {
    const next = new ScanState('id', first().toStored(true), NOW_MS + 900 * DAY_MS);
    await next.forgetDeleted(() => Promise.resolve(false));
    expect(next.total().payloads).toBe(1);
    await next.forgetDeleted((day) => Promise.resolve(day === '2026-11-29'));
    expect(next.total().payloads).toBe(0);
  });

  it.each(['another', ''])('is not that of a namespace whose ID is %j', (id) => {
    const state = new ScanState(
      id,
      { ...first().toStored(false), ...(id === '' && { namespaceId: '' }) },
      NOW_MS + 1,
    );
    expect([state.isResumed, state.asOfMs, state.total().payloads]).toEqual([false, NOW_MS + 1, 0]);
  });
});

it.each([
  ['orders/v12', 'orders', '12'],
  ['orders/v0', 'orders/v0', undefined],
  ['arn:aws:kms:eu-west-1:1:key/1234', 'arn:aws:kms:eu-west-1:1:key/1234', undefined],
  [
    'projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/3',
    'projects/p/locations/l/keyRings/r/cryptoKeys/k',
    '3',
  ],
  [`https://v.vault.azure.net/keys/k/${'0'.repeat(32)}`, 'https://v.vault.azure.net/keys/k', '0'.repeat(32)],
])('%s is a version of a key, or a key', (id, key, version) => {
  expect(keyAndVersion(id)).toEqual({ key, version });
});
