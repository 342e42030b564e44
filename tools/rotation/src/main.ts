// Measures what docs/key-rotation.md gives figures for. Exits 1 where one is out of its bounds.
//
// `sizes`: `waxseal keys usage` on namespaces of growing size (`-- sizes 300 10000` names them): executions
// read in a second, and the most memory that the process takes. Both are to stay flat.
// `count`: the report on some 300 executions is held against a count by other code.
// `revocation`: seconds until no process opens payloads of a key that was disabled.
// `full`: a whole rotation under load, with a mistake at each step.
// Without a name: all.
import { Client, Connection } from '@temporalio/client';
import { CleanUp, startTemporal } from '@waxseal/bring-up';
import { makeNamespace } from '@waxseal/test-support/namespace';
import { compareCounts } from './count';
import { rotateUnderLoad } from './full-rotation/full-rotation';
import { waitForVisible } from './namespace/visibility';
import { makeWriters } from './namespace/writers';
import type { Report } from './report';
import { measureRevocation } from './revocation/measure';
import { waxseal } from './waxseal';

const SIZES = [300, 3_000, 10_000];
/** How much slower, and how much larger, the largest may be. */
const SLOWEST = 0.5;
const LARGEST = 2;
const PER_BATCH = 50;

async function main(): Promise<number> {
  const [what, ...numbers] = process.argv.slice(2);
  const jobs: Readonly<Record<string, () => Promise<number>>> = {
    sizes: () => sizes(numbers.length === 0 ? SIZES : numbers.map(Number)),
    count: compareCounts,
    revocation,
    full: async () => {
      await rotateUnderLoad((line) => {
        console.log(line);
      });
      return 0;
    },
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

const CACHE_TTL_SECONDS = 4;
const MAX_STALE_AGE_SECONDS = 12;
/** The key service is asked within its deadlines, and readers look every 50 ms. */
const SLACK_SECONDS = 2;

async function revocation(): Promise<number> {
  const { decoding, encoding } = await measureRevocation(
    `${String(CACHE_TTL_SECONDS)}s`,
    `${String(MAX_STALE_AGE_SECONDS)}s`,
  );
  console.table([
    {
      'no process any more': 'decodes',
      seconds: decoding,
      setting: `cacheTtl ${String(CACHE_TTL_SECONDS)} s`,
    },
    {
      'no process any more': 'encodes',
      seconds: encoding,
      setting: `maxStaleAge ${String(MAX_STALE_AGE_SECONDS)} s`,
    },
  ]);
  const isInTime =
    decoding <= CACHE_TTL_SECONDS + SLACK_SECONDS && encoding <= MAX_STALE_AGE_SECONDS + SLACK_SECONDS;
  console.log(isInTime ? 'In time.' : 'Late.');
  return isInTime ? 0 : 1;
}

async function sizes(sizes: readonly number[]): Promise<number> {
  const cleanUp = new CleanUp();
  try {
    const server = await startTemporal({});
    cleanUp.add(() => server.stop());
    const connection = await Connection.connect({ address: server.address });
    cleanUp.add(() => connection.close());
    const rows: { readonly executions: number; readonly perSecond: number; readonly mebibytes: number }[] =
      [];
    for (const size of sizes) {
      const namespace = `size-${String(size)}`;
      await makeNamespace(connection, namespace);
      await startMany(connection, namespace, size);
      const environment = { TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: namespace };
      const started = performance.now();
      const args = ['keys', 'usage', '--json', '--rps', '100000', '--concurrency', '16'];
      const { stdout, stderr, exitCode, mostBytes } = await waxseal(args, environment);
      const seconds = (performance.now() - started) / 1000;
      if (exitCode !== 0) throw new Error(stderr);
      const { holders } = JSON.parse(stdout) as Report;
      const executions = Object.values(holders).reduce((sum, count) => sum + count, 0);
      if (executions !== size) throw new Error(`${String(executions)} of ${String(size)} were read`);
      rows.push({
        executions,
        perSecond: Math.round(size / seconds),
        mebibytes: Math.round(mostBytes / 2 ** 20),
      });
    }
    console.table(rows);
    const [first, last] = [rows[0], rows.at(-1)];
    if (first === undefined || last === undefined) return 0;
    const isFlat = last.perSecond >= SLOWEST * first.perSecond && last.mebibytes <= LARGEST * first.mebibytes;
    console.log(isFlat ? 'Flat.' : 'Not flat.');
    return isFlat ? 0 : 1;
  } finally {
    await cleanUp.run();
  }
}

/** Executions that nobody works on, under three keys and in clear; every second is terminated. */
async function startMany(connection: Connection, namespace: string, size: number): Promise<void> {
  const writers = makeWriters();
  const clients = writers.map(({ dataConverter }) => new Client({ connection, namespace, dataConverter }));
  for (let begin = 0; begin < size; begin += PER_BATCH) {
    const batch = Array.from({ length: Math.min(PER_BATCH, size - begin) }, async (_, offset) => {
      const index = begin + offset;
      const handle = await clients[index % clients.length]?.workflow.start('Waiting', {
        taskQueue: 'nobody',
        workflowId: `order-${String(index)}`,
        args: [{ card: '4242 4242 4242 4242', customer: 'Ada Lovelace', index }],
        memo: { note: 'a gift' },
      });
      if (index % 2 === 0) await handle?.terminate('to have closed ones');
    });
    await Promise.all(batch);
  }
  const client = new Client({ connection, namespace });
  await waitForVisible(client, '', size);
  await waitForVisible(client, 'ExecutionStatus = "Terminated"', Math.ceil(size / 2));
  for (const writer of writers) writer.close();
}

main().then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
