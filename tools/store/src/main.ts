// Drills of a store on real PostgreSQL. Exits 1 where anything acknowledged is lost, anything wrong is given,
// or a figure is out of its bounds.
//
// `synchronous`: the primary is killed among 10,000 payloads, beside a Worker; nothing may be lost.
// `asynchronous`: the same with a standby that follows; what is lost was acknowledged within the window.
// `clock`: the standby's clock is an hour wrong.
// `disk`: the disk is full for a while.
// `rows`: look-ups among two million rows, beside bare statements.
// Without a name: all.
import { type FailoverReport, failover } from './failover';
import { fullDisk } from './full-disk';
import { measureRows, type RowsReport } from './rows';
import { workerBeside } from './worker-beside';

const PAYLOADS = 10_000;
const WORKFLOWS = 30;
/** How far the standby that follows is behind, and by how much less an acknowledged payload may be lost. */
const LAG_MS = 300;
const WIDEST_WINDOW_MS = LAG_MS + 500;

async function main(): Promise<number> {
  const [what, number] = process.argv.slice(2);
  const payloads = number === undefined ? PAYLOADS : Number(number);
  const beside = (url: string, key: Uint8Array): Promise<void> => workerBeside(url, key, WORKFLOWS);
  const jobs: Readonly<Record<string, () => Promise<number>>> = {
    synchronous: async () =>
      told('synchronous', 0, await failover({ payloads, isSynchronous: true, beside })),
    asynchronous: async () =>
      told(
        'asynchronous',
        WIDEST_WINDOW_MS,
        await failover({ payloads, isSynchronous: false, replicationLagMs: LAG_MS }),
      ),
    clock: async () =>
      told('clock', 0, await failover({ payloads, isSynchronous: true, clockOffsetSeconds: -3_600 })),
    disk: async () => {
      const report = await fullDisk(payloads);
      return told('disk', 0, { ...report, downMs: 0, windowMs: 0 });
    },
    rows,
  };
  const chosen = what === undefined ? Object.values(jobs) : [jobs[what]];
  let worst = 0;
  for (const job of chosen) {
    if (job === undefined) {
      console.error(`Name ${Object.keys(jobs).join(', ')}, or nothing for all.`);
      return 2;
    }
    worst = Math.max(worst, await job());
  }
  return worst;
}

const SIZES = [20_000, 2_000_000];
const HIGHEST_P99_RATIO = 1.3;
const LOWEST_RATIO = 0.8;
/** How much slower a look-up may be among the most rows than among the fewest. */
const STEEPEST = 1.5;

async function rows(): Promise<number> {
  const reports: RowsReport[] = [];
  await measureRows(SIZES, (report) => {
    reports.push(report);
    const { rows: count, p99Ratio, decodeRatio, encodeRatio, bareMs, storeMs } = report;
    console.log(
      `${String(count)} rows: p99 of a look-up ${storeMs.toFixed(2)} ms, bare ${bareMs.toFixed(2)} ms (${p99Ratio.toFixed(2)});` +
        ` decoded ${report.decodedPerSecond.toFixed(0)}/s (${decodeRatio.toFixed(2)} of the bare driver),` +
        ` encoded ${report.encodedPerSecond.toFixed(0)}/s (${encodeRatio.toFixed(2)})`,
    );
  });
  const [few, many] = [reports[0], reports.at(-1)];
  const isFlat = few !== undefined && many !== undefined && many.storeMs <= few.storeMs * STEEPEST;
  const isGood =
    isFlat &&
    many.p99Ratio <= HIGHEST_P99_RATIO &&
    many.decodeRatio >= LOWEST_RATIO &&
    many.encodeRatio >= LOWEST_RATIO;
  if (!isGood) console.log('  NOT AS IT SHOULD BE');
  return isGood ? 0 : 1;
}

function told(name: string, widestMs: number, report: FailoverReport): number {
  const { acknowledged, kept, lost, wrong, downMs, windowMs, errors } = report;
  console.log(
    `${name}: ${String(acknowledged)} acknowledged, ${String(kept)} kept, ${String(lost.length)} lost` +
      ` (window ${String(windowMs)} ms), ${String(wrong.length)} wrong; no writes for ${String(downMs)} ms`,
  );
  for (const [reason, count] of errors) console.log(`  ${String(count)} errors of writers: ${reason}`);
  for (const one of wrong.slice(0, 5)) console.log(`  WRONG: ${one}`);
  const isGood = wrong.length === 0 && windowMs <= widestMs && kept + lost.length === acknowledged;
  if (!isGood) console.log('  NOT AS IT SHOULD BE');
  return isGood ? 0 : 1;
}

main().then(
  (exitCode) => {
    process.exit(exitCode);
  },
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
