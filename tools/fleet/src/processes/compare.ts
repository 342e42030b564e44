import { simulate, type SimulatedCounts } from '../simulation/simulate';
import { type FleetCounts, type FleetPlan, type FleetReport, runFleet } from './fleet';

/** A fleet of real processes beside what the simulation says of it. */
export interface ComparedFleet {
  readonly isShared: boolean;
  readonly report: FleetReport;
  readonly simulated: Pick<SimulatedCounts, 'wraps' | 'unwraps'>;
}

/** What was compared, and what is not as it should be. */
export interface Comparison {
  readonly plan: Omit<FleetPlan, 'isShared'>;
  readonly fleets: readonly ComparedFleet[];
  readonly failures: readonly string[];
}

const PLAN = { workers: 20, maxAgeMs: 10_000, steadyMs: 35_000, killed: 3, isDeployed: true };
/** A real worker reads the last payload of each other one, five times a second. */
const READS_PER_SECOND = 5;
/** How far real processes may be from the simulation, beside one hand-over more or less. */
const SLACK = 0.5;

/** Lets real fleets work, with and without shared data keys, and the same ones in the simulation. */
export async function compareWithSimulation(
  plan: Omit<FleetPlan, 'isShared'> = PLAN,
  ways: readonly boolean[] = [false, true],
): Promise<Comparison> {
  const fleets: ComparedFleet[] = [];
  for (const isShared of ways) {
    const report = await runFleet({ ...plan, isShared });
    fleets.push({ isShared, report, simulated: steadyOf(plan, isShared, report) });
  }
  return { plan, fleets, failures: fleets.flatMap((fleet) => failuresOf(plan, fleet)) };
}

/** Fleets of fewer processes than {@link PLAN} has. */
const SIZES = [1, 2, 5, 10];

/** The same for fleets of each size, from one process on; none is killed or replaced. */
export async function compareSizes(): Promise<readonly Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const workers of SIZES) {
    const plan = { ...PLAN, workers, killed: 0, isDeployed: false };
    comparisons.push(await compareWithSimulation(plan));
  }
  return comparisons;
}

/** What the simulation says of the steady part, on the average of ten seeds. */
function steadyOf(
  { workers, maxAgeMs }: Omit<FleetPlan, 'isShared'>,
  isShared: boolean,
  { counts }: FleetReport,
): Pick<SimulatedCounts, 'wraps' | 'unwraps'> {
  const steadyMs = secondsOf(counts, 'steady') * 1_000;
  const startMs = secondsOf(counts, 'start') * 1_000;
  const until = (durationMs: number, seed: number): SimulatedCounts =>
    simulate({
      ...{ workers, isShared, maxAgeMs, durationMs, seed },
      maxMessages: 2 ** 20,
      encodesPerSecond: 10,
      decodesPerSecond: READS_PER_SECOND * (workers - 1),
      startsOverMs: startMs / 2,
    });
  const seeds = Array.from({ length: 10 }, (_, seed) => seed);
  const mean = (count: (counts: SimulatedCounts) => number): number =>
    seeds.reduce(
      (sum, seed) => sum + count(until(startMs + steadyMs, seed)) - count(until(startMs, seed)),
      0,
    ) / seeds.length;
  return { wraps: mean(({ wraps }) => wraps), unwraps: mean(({ unwraps }) => unwraps) };
}

function failuresOf(
  { workers }: Omit<FleetPlan, 'isShared'>,
  { isShared, report, simulated }: ComparedFleet,
): string[] {
  const name = isShared ? 'Shared data keys' : 'Data keys of their own';
  const steady = report.counts.find(({ part }) => part === 'steady');
  const start = report.counts.find(({ part }) => part === 'start');
  const failures: string[] = [];
  // One alone has no others whose payloads it could read.
  if (report.failed > 0 || (report.decoded === 0 && workers > 1)) {
    failures.push(`${name}: ${String(report.failed)} payloads could not be decoded.`);
  }
  if (steady === undefined || start === undefined) return failures;
  // One hand-over more or less fits into a run.
  const [moreWraps, moreUnwraps] = isShared ? [1, workers] : [workers, workers * workers];
  const isFar = (real: number, expected: number, more: number): boolean =>
    Math.abs(real - expected) > SLACK * expected + more;
  if (
    isFar(steady.wraps, simulated.wraps, moreWraps) ||
    isFar(steady.unwraps, simulated.unwraps, moreUnwraps)
  ) {
    failures.push(
      `${name}: ${String(steady.wraps)} wraps and ${String(steady.unwraps)} unwraps, and the simulation has ${simulated.wraps.toFixed(1)} and ${simulated.unwraps.toFixed(0)}.`,
    );
  }
  if (isShared && (start.wraps > 2 || steady.unwraps > workers * steady.wraps)) {
    failures.push(
      `${name}: ${String(start.wraps)} wraps at the start, or more unwraps than one each for each key.`,
    );
  }
  return failures;
}

function secondsOf(counts: readonly FleetCounts[], name: FleetCounts['part']): number {
  return counts.find(({ part }) => part === name)?.seconds ?? 0;
}

const PARTS: Readonly<Record<FleetCounts['part'], string>> = {
  start: 'all start at once',
  steady: 'they work',
  kills: 'some are killed, and start again',
  deployment: 'all are replaced, one after the other',
};

/** What real processes asked for, as a table of Markdown. */
export function processesTable({ fleets, plan }: Comparison): string {
  const rows = fleets.flatMap(({ isShared, report, simulated }) =>
    report.counts.map(({ part, seconds, starts, wraps, unwraps, secretRequests }) => {
      const ofSimulation =
        part === 'steady' ? `${simulated.wraps.toFixed(1)} and ${simulated.unwraps.toFixed(0)}` : '';
      const cells = [isShared ? 'shared' : 'each its own', PARTS[part], seconds.toFixed(0), starts];
      return `| ${[...cells, wraps, unwraps, secretRequests, ofSimulation].map(String).join(' | ')} |`;
    }),
  );
  return [
    `| Data keys of ${String(plan.workers)} processes | | Seconds | Starts | Wraps | Unwraps | of the secret | Simulated wraps and unwraps |`,
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** What fleets of each size asked for while they worked, as a table of Markdown. */
export function sizesTable(comparisons: readonly Comparison[]): string {
  const rows = comparisons.flatMap(({ plan, fleets }) =>
    fleets.map(({ isShared, report, simulated }) => {
      const { wraps = 0, unwraps = 0 } = report.counts.find(({ part }) => part === 'steady') ?? {};
      const cells = [plan.workers, isShared ? 'shared' : 'each its own', wraps, simulated.wraps.toFixed(1)];
      return `| ${[...cells, unwraps, simulated.unwraps.toFixed(0)].map(String).join(' | ')} |`;
    }),
  );
  return [
    '| Processes | Data keys | Wraps | Simulated | Unwraps | Simulated |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
