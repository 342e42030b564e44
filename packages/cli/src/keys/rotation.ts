import type { KeyringEntry } from '@waxseal/core/internal';

/** A step of a rotation; `status` changes nothing. */
export const STAGES = ['status', 'add', 'promote', 'retire'] as const;

/** A step of a rotation. */
export type Stage = (typeof STAGES)[number];

/**
 * What a process has a key for. `held`: it has it, and does not tell what for. `unknown`: it was asked, and
 * it is not known.
 */
export type Holding = KeyringEntry['role'] | 'held' | 'absent' | 'unknown';

/** A process that was asked, and what it said. */
export interface ProcessReport {
  readonly kind: 'codec-server' | 'worker';
  /** The URL that was asked, with what tells processes apart that answer at one. */
  readonly name: string;
  /** What it has the new key for. */
  readonly next: Holding;
  /** What it has the old key for; `undefined` where there is none. */
  readonly previous: Holding | undefined;
  /** Why something is not known, or a key does not count as held; a clause for a person. */
  readonly because?: string;
}

/** What a rotation is decided by. */
export interface RotationFacts {
  /** What the configuration at hand has the new key for. */
  readonly next: Holding;
  /** What it has the old key for; `undefined` where there is none. */
  readonly previous: Holding | undefined;
  readonly processes: readonly ProcessReport[];
  /** How many workers there are, where that was said. */
  readonly expectWorkers: number | undefined;
  /** Whether workers were asked for by what a Prometheus server knows, and not by their own addresses. */
  readonly byPrometheus: boolean;
  /** Whether processes may go unasked. Never whether one that was asked may lack the key. */
  readonly unchecked: boolean;
  /** Why the new key cannot be used, as far as was tried: a clause each. */
  readonly faults: readonly string[];
  /** Why the report of usage does not show that the old key is needed no more: a clause each. */
  readonly evidence: readonly string[];
}

/** Whether a stage may be gone into. */
export interface Decision {
  /** Why not; empty where it may. A sentence each. */
  readonly refusals: readonly string[];
  /** What should be known all the same. */
  readonly warnings: readonly string[];
  /** Whether the configuration at hand is to be changed: else it is in that stage already. */
  readonly isChange: boolean;
}

/** Whether a key is there for reading. */
export function isHeld(holding: Holding | undefined): boolean {
  return holding !== undefined && holding !== 'absent' && holding !== 'unknown';
}

/** Decides whether a stage may be gone into. Nothing may be written under a key that a reader lacks. */
export function decide(stage: Stage, facts: RotationFacts): Decision {
  switch (stage) {
    case 'status':
      return { refusals: [], warnings: [], isChange: false };
    case 'add':
      return decideAdd(facts);
    case 'promote':
      return decidePromote(facts);
    case 'retire':
      return decideRetire(facts);
  }
}

function decideAdd({ next, faults }: RotationFacts): Decision {
  if (isHeld(next)) {
    const refusals = next === 'primary' ? ['The new key is the primary key here already.'] : [];
    return { refusals, warnings: [], isChange: false };
  }
  return {
    refusals: faults.map((fault) => `The new key cannot be used: ${fault}.`),
    warnings: [],
    isChange: true,
  };
}

function decidePromote(facts: RotationFacts): Decision {
  const { next, previous, processes, faults } = facts;
  const { refusals: unasked, warnings } = unaskedOf(facts);
  const refusals = [
    ...(isHeld(next) ? [] : ['The new key is not configured here: "waxseal keys rotate add" comes first.']),
    ...(next !== 'primary' && previous !== 'primary'
      ? ['There is no primary key here to take the place of.']
      : []),
    ...faults.map((fault) => `The new key cannot be used: ${fault}.`),
    ...lackingOf(processes),
    ...unasked,
  ];
  return { refusals, warnings, isChange: next !== 'primary' };
}

function decideRetire(facts: RotationFacts): Decision {
  const { next, previous, processes, evidence } = facts;
  const { refusals: unasked, warnings } = unaskedOf(facts);
  const refusals = [
    ...(next === 'primary'
      ? []
      : ['The new key is not the primary key here: "waxseal keys rotate promote" comes first.']),
    ...(previous === 'primary' || previous === 'additional'
      ? [`The old key is ${previous} here: it still wraps.`]
      : []),
    ...processes.flatMap(stillWraps),
    ...lackingOf(processes),
    ...evidence.map((clause) => `It is not shown that the old key is needed no more: ${clause}.`),
    ...unasked,
  ];
  const silent = processes.filter(({ previous: old }) => old === 'held');
  const more = silent.map(
    ({ name }) =>
      `${name} does not tell whether it wraps under the old key: where it encodes, ask its /metrics as a worker's.`,
  );
  return { refusals, warnings: [...warnings, ...more], isChange: isHeld(previous) };
}

function stillWraps({ name, previous, because = 'it does not tell' }: ProcessReport): readonly string[] {
  if (previous === 'primary' || previous === 'additional') {
    return [`${name} has the old key as ${previous}: it still wraps.`];
  }
  return previous === 'unknown' ? [`${name} may still wrap under the old key: ${because}.`] : [];
}

function lackingOf(processes: readonly ProcessReport[]): readonly string[] {
  return processes
    .filter(({ next }) => !isHeld(next))
    .map(
      ({ name, because = 'it does not have the new key' }) => `${name} may not be able to read: ${because}.`,
    );
}

/** What of a rotation was not asked, as refusals; as warnings where that was said to be right. */
function unaskedOf(facts: RotationFacts): Pick<Decision, 'refusals' | 'warnings'> {
  const { processes, expectWorkers, byPrometheus, unchecked } = facts;
  const workers = processes.filter(({ kind }) => kind === 'worker').length;
  const gaps = [
    ...(workers === 0 && expectWorkers !== 0
      ? ['No worker was asked: name them with --worker-metrics or --prometheus, or say --expect-workers 0.']
      : []),
    ...(expectWorkers !== undefined && workers < expectWorkers
      ? [`${String(workers)} of ${String(expectWorkers)} workers were found.`]
      : []),
    ...(byPrometheus && expectWorkers === undefined
      ? ['Prometheus shows only the workers that tell: say with --expect-workers how many there are.']
      : []),
  ];
  const servers =
    processes.length > workers ? [] : ['No Codec Server was asked: one that lacks the key shows no payload.'];
  if (!unchecked) return { refusals: gaps, warnings: servers };
  return { refusals: [], warnings: [...gaps.map((gap) => `UNCHECKED: ${gap}`), ...servers] };
}

/** Where a process is in a rotation, in words. */
export function stageOf({ next, previous }: Pick<ProcessReport, 'next' | 'previous'>): string {
  if (next === 'unknown') return 'not known';
  if (next === 'absent') return 'before add';
  const isRetired = previous === 'absent';
  if (next === 'primary') return isRetired ? 'retired' : 'promoted';
  if (next === 'held') return isRetired ? 'retired' : 'added or promoted';
  return isRetired ? 'added, without the old key' : 'added';
}
