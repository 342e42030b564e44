import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  decide,
  stageOf,
  STAGES,
  type Holding,
  type ProcessReport,
  type RotationFacts,
} from '../src/keys/rotation';

const HOLDINGS: readonly Holding[] = ['primary', 'additional', 'decryptOnly', 'held', 'absent', 'unknown'];
/** Said here once more, so that the property does not believe what it checks. */
const isHeld = (one: Holding | undefined): boolean =>
  ['primary', 'additional', 'decryptOnly', 'held'].includes(String(one));
const holding = fc.constantFrom(...HOLDINGS);

const process: fc.Arbitrary<ProcessReport> = fc.record({
  kind: fc.constantFrom('codec-server', 'worker'),
  name: fc.constantFrom('http://a', 'http://b', 'http://c'),
  next: holding,
  previous: fc.option(holding, { nil: undefined }),
});

const facts: fc.Arbitrary<RotationFacts> = fc.record({
  next: holding,
  previous: fc.option(holding, { nil: undefined }),
  processes: fc.array(process, { maxLength: 6 }),
  expectWorkers: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
  byPrometheus: fc.boolean(),
  unchecked: fc.boolean(),
  faults: fc.array(fc.constant('disabled'), { maxLength: 1 }),
  evidence: fc.array(fc.constant('no report'), { maxLength: 1 }),
});

const reader = (next: Holding, previous: Holding = 'primary', kind: ProcessReport['kind'] = 'worker') => ({
  kind,
  name: `http://${next}`,
  next,
  previous,
});

/** A rotation that stands so that promote is safe. */
const ADDED: RotationFacts = {
  next: 'decryptOnly',
  previous: 'primary',
  processes: [reader('decryptOnly'), reader('held', 'held', 'codec-server')],
  expectWorkers: 1,
  byPrometheus: false,
  unchecked: false,
  faults: [],
  evidence: [],
};
/** One that stands so that retire is safe. */
const PROMOTED: RotationFacts = {
  ...ADDED,
  next: 'primary',
  previous: 'decryptOnly',
  processes: [reader('primary', 'decryptOnly')],
};

describe('no order of stages', () => {
  it('promotes a key that a process which was asked lacks, whatever else is said', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const isLacking = given.processes.some(({ next }) => !isHeld(next));
        const { refusals } = decide('promote', given);
        if (isLacking || !isHeld(given.next)) expect(refusals).not.toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('goes through deployments so that nobody reads what it cannot open', () => {
    // Each process takes the configuration over whenever it likes; the command is run in any order.
    type Process = { next: Holding; previous: Holding };
    const step = fc.oneof(
      fc.record({ run: fc.constantFrom('add', 'promote', 'retire' as const), isShown: fc.boolean() }),
      fc.record({ deploys: fc.integer({ min: 0, max: 2 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const config: Process = { next: 'absent', previous: 'primary' };
        const processes: Process[] = [0, 1, 2].map(() => ({ ...config }));
        for (const one of steps) {
          if ('deploys' in one) Object.assign(processes[one.deploys] ?? {}, config);
          else {
            const decision = decide(one.run, {
              ...ADDED,
              ...config,
              processes: processes.map((each) => reader(each.next, each.previous)),
              expectWorkers: 3,
              evidence: one.isShown ? [] : ['no report'],
            });
            if (decision.refusals.length === 0 && decision.isChange) {
              if (one.run === 'add') config.next = 'decryptOnly';
              if (one.run === 'promote') Object.assign(config, { next: 'primary', previous: 'decryptOnly' });
              if (one.run === 'retire') config.previous = 'absent';
            }
          }
          const written = new Set(processes.map(({ next }) => (next === 'primary' ? 'next' : 'previous')));
          for (const each of processes) {
            if (written.has('next')) expect(isHeld(each.next)).toBe(true);
            if (processes.some(({ previous }) => previous === 'primary')) {
              expect(isHeld(each.previous)).toBe(true);
            }
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('retires a key that a process which was asked still wraps under, or may', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const wraps = given.processes.some(({ previous }) =>
          ['primary', 'additional', 'unknown'].includes(String(previous)),
        );
        const { refusals } = decide('retire', given);
        if (wraps || given.evidence.length > 0 || given.previous === 'primary' || given.next !== 'primary') {
          expect(refusals).not.toEqual([]);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('changes anything where it was refused, or is there already', () => {
    fc.assert(
      fc.property(fc.constantFrom(...STAGES), facts, (stage, given) => {
        const { isChange } = decide(stage, given);
        if (stage === 'status') expect(isChange).toBe(false);
        if (stage === 'add') expect(isChange).toBe(!isHeld(given.next));
        if (stage === 'promote') expect(isChange).toBe(given.next !== 'primary');
      }),
    );
  });
});

describe('promote', () => {
  it('goes on where each process has the key, and its server tells no roles', () => {
    expect(decide('promote', ADDED)).toEqual({ refusals: [], warnings: [], isChange: true });
  });

  it.each<[string, Partial<RotationFacts>, RegExp]>([
    ['before add', { next: 'absent' }, /"waxseal keys rotate add" comes first/],
    ['without a primary key to take the place of', { previous: undefined }, /no primary key here/],
    ['a key that cannot be used', { faults: ['it is disabled'] }, /cannot be used: it is disabled/],
    ['where no worker was asked', { processes: [], expectWorkers: undefined }, /No worker was asked/],
    ['where fewer workers were found than there are', { expectWorkers: 2 }, /1 of 2 workers/],
    [
      'by Prometheus, without the number of workers',
      { byPrometheus: true, expectWorkers: undefined },
      /how many/,
    ],
    ['where a worker lacks it', { processes: [reader('absent')] }, /http:\/\/absent may not be able to read/],
    ['where a worker does not tell', { processes: [reader('unknown')] }, /may not be able to read/],
    [
      'where a Codec Server lacks it',
      { processes: [...ADDED.processes, reader('absent', 'held', 'codec-server')] },
      /may not be able to read/,
    ],
  ])('refuses %s', (_, over, words) => {
    const { refusals } = decide('promote', { ...ADDED, ...over });
    expect(refusals).toEqual([expect.stringMatching(words)]);
  });

  it('lets processes go unasked with --unchecked alone, and says so loudly', () => {
    const none = { ...ADDED, processes: [], expectWorkers: undefined };
    const { refusals, warnings } = decide('promote', { ...none, unchecked: true });
    expect(refusals).toEqual([]);
    expect(warnings[0]).toMatch(/^UNCHECKED: No worker was asked/);
    expect(decide('promote', { ...none, expectWorkers: 0 }).refusals).toEqual([]);
    expect(
      decide('promote', { ...ADDED, unchecked: true, processes: [reader('absent')] }).refusals,
    ).toHaveLength(1);
  });
});

describe('retire', () => {
  it('goes on where nobody wraps under the old key, and it is shown that it is not needed', () => {
    expect(decide('retire', PROMOTED)).toMatchObject({ refusals: [], isChange: true });
  });

  it.each<[string, Partial<RotationFacts>, RegExp]>([
    ['before promote', { next: 'decryptOnly', previous: 'decryptOnly' }, /promote" comes first/],
    ['without evidence', { evidence: ['the key is missing from the report'] }, /missing from the report/],
    ['while a worker has it as primary', { processes: [reader('decryptOnly', 'primary')] }, /still wraps/],
    ['while a worker may wrap under it', { processes: [reader('primary', 'unknown')] }, /may still wrap/],
  ])('refuses %s', (_, over, words) => {
    const { refusals } = decide('retire', { ...PROMOTED, ...over });
    expect(refusals).toEqual([expect.stringMatching(words)]);
    expect(decide('retire', { ...PROMOTED, ...over, unchecked: true }).refusals).toHaveLength(1);
  });

  it('says of a Codec Server that it does not tell whether it wraps', () => {
    const processes = [...PROMOTED.processes, reader('held', 'held', 'codec-server')];
    expect(decide('retire', { ...PROMOTED, processes }).warnings).toEqual([
      expect.stringContaining('/metrics'),
    ]);
  });
});

it('names the stage of a process', () => {
  expect(
    (['absent', 'decryptOnly', 'held', 'primary', 'unknown'] as const).map((next) =>
      [stageOf({ next, previous: 'primary' }), stageOf({ next, previous: 'absent' })].join(' | '),
    ),
  ).toEqual([
    'before add | before add',
    'added | added, without the old key',
    'added or promoted | retired',
    'promoted | retired',
    'not known | not known',
  ]);
});
