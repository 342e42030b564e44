/**
 * What encryption costs a Worker, on a real server: the processor time of the Worker's process for each workflow, how many workflows
 * it ends in a second, and the replay of a history of 1,000 events; each as a ratio to the same Worker without a codec, beside the
 * codec of Temporal's sample. Long-lived Workers, in processes of their own, take turns in short rounds. Processor time is that of the
 * fifth of the rounds that took least, at its upper end.
 *
 * Usage: npm run bench:worker [-- --rounds 40] [-- --profile]
 */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { startTemporal } from '@waxseal/bring-up';
import { median, undisturbed } from './codec/measure.mjs';
import { ratioWithInterval } from './worker/interval.mjs';
import { newKey, optionsOf, VARIANTS } from './worker/variants.mjs';

/** What Waxseal's Worker may cost, as a ratio to none, and the worse end of its interval. */
const LIMITS = {
  processor: { most: 1.1 },
  throughput: { least: 0.97, leastInterval: 0.94 },
  replay: { most: 1.05 },
};
const ACTIVITIES = 3;
/** As JSON: 1 KiB. Of repeated characters, a transport that compresses would make nothing, and of what is encrypted it could not. */
const newText = () => randomBytes(766).toString('base64');
const AT_ONCE = 20;
const WORKFLOWS = 60;
/** 6 events for each activity, and 5 around them. */
const LONG_ACTIVITIES = 166;
const REPLAYS = 5;

const { History } = createRequire(import.meta.url)('@temporalio/proto').temporal.api.history.v1;
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '40' }, profile: { type: 'boolean', default: false } },
});
process.env.WAXSEAL_BENCH_KEY = newKey();
const server = await startTemporal();
const connection = await Connection.connect({ address: server.address });
const workers = {};
let failed = false;
try {
  for (const variant of VARIANTS) workers[variant] = await startWorker(variant);
  await run();
} finally {
  for (const { child } of Object.values(workers)) {
    if (!child.connected) continue;
    child.send({ ask: 'end' });
    await once(child, 'exit');
  }
  await connection.close();
  await server.stop();
}
if (failed) process.exitCode = 1;

async function startWorker(variant) {
  const taskQueue = `bench-${VARIANTS.indexOf(variant)}`;
  const file = fileURLToPath(new URL('worker/serve.mjs', import.meta.url));
  const child = fork(file, [variant, server.address, taskQueue], { serialization: 'advanced' });
  const died = once(child, 'exit').then(([code]) => {
    throw new Error(`The Worker "${variant}" ended with ${code}.`);
  });
  died.catch(() => undefined);
  const answer = async () => {
    const [{ answer, error }] = await Promise.race([once(child, 'message'), died]);
    if (error !== undefined) throw new Error(error);
    return answer;
  };
  await answer();
  const client = new Client({ connection, ...(await optionsOf(variant)) });
  const ask = (what, rest = {}) => {
    child.send({ ask: what, ...rest });
    return answer();
  };
  return { child, client, taskQueue, ask, count: 0 };
}

function execute(worker, activities) {
  const workflowId = `${worker.taskQueue}-${worker.count++}`;
  const { taskQueue } = worker;
  return worker.client.workflow.execute('order', { taskQueue, workflowId, args: [newText(), activities] });
}

/** @returns microseconds of the Worker's process, and of the clock, for each workflow */
async function round(worker) {
  let left = WORKFLOWS;
  const work = async () => {
    while (left-- > 0) await execute(worker, ACTIVITIES);
  };
  const before = await worker.ask('processor');
  const start = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const elapsed = (performance.now() - start) * 1_000;
  const after = await worker.ask('processor');
  const used = after.user + after.system - before.user - before.system;
  return { processor: used / WORKFLOWS, elapsed: elapsed / WORKFLOWS };
}

async function run() {
  const rounds = Number(values.rounds);
  console.log(
    `Node.js ${process.versions.node}, Temporal ${server.version}; ${rounds} rounds of ${WORKFLOWS} workflows`,
  );
  console.log(`with ${ACTIVITIES} activities each, 1 KiB in and out, ${AT_ONCE} at once\n`);
  const all = Object.fromEntries(
    VARIANTS.map((variant) => [variant, { processor: [], elapsed: [], replay: [] }]),
  );
  for (let index = -5; index < rounds; index++) {
    for (const variant of inTurn(index)) {
      const { processor, elapsed } = await round(workers[variant]);
      if (index < 0) continue;
      all[variant].processor.push(processor);
      all[variant].elapsed.push(elapsed);
    }
  }
  const histories = {};
  for (const variant of VARIANTS) histories[variant] = await longHistory(workers[variant]);
  for (let index = -1; index < Math.ceil(rounds / 2); index++) {
    for (const variant of inTurn(index)) {
      const used = await workers[variant].ask('replay', { history: histories[variant], times: REPLAYS });
      if (index >= 0) all[variant].replay.push(used);
    }
  }
  show(all);
  if (values.profile) await showProfile();
}

/** So that no Worker is always the first, or after the same one. */
function inTurn(index) {
  const start = (index + VARIANTS.length * 10) % VARIANTS.length;
  const turned = [...VARIANTS.slice(start), ...VARIANTS.slice(0, start)];
  return index % 2 === 0 ? turned : turned.reverse();
}

/** The history of a workflow of 1,000 events, as the server stores it. */
async function longHistory(worker) {
  const workflowId = `${worker.taskQueue}-${worker.count}`;
  await execute(worker, LONG_ACTIVITIES);
  return History.encode(await worker.client.workflow.getHandle(workflowId).fetchHistory()).finish();
}

function show(all) {
  console.log(
    '                                                     ratio to no codec, and its interval of 95 %',
  );
  for (const variant of VARIANTS) {
    const { processor, elapsed, replay } = all[variant];
    const { none } = all;
    const rows = {
      processor: [
        `${undisturbed(processor).toFixed(0)} µs for each workflow`,
        ratioWithInterval(processor, none.processor, undisturbed),
      ],
      throughput: [
        `${(1e6 / median(elapsed)).toFixed(0)} workflows a second`,
        ratioWithInterval(none.elapsed, elapsed, median),
      ],
      replay: [
        `${(undisturbed(replay) / 1_000).toFixed(0)} ms for 1,000 events`,
        ratioWithInterval(replay, none.replay, undisturbed),
      ],
    };
    for (const [what, [text, known]] of Object.entries(rows)) {
      const row = `${variant.padEnd(16)} ${what.padEnd(11)} ${text.padStart(26)}`;
      console.log(variant === 'none' ? row : `${row}  ${verdict(variant, what, known)}`);
    }
  }
}

function verdict(variant, what, { ratio, low, high }) {
  const text = `${ratio.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
  if (variant !== 'waxseal') return text;
  const { most = Infinity, least = -Infinity, leastInterval = -Infinity } = LIMITS[what];
  const passes = ratio <= most && ratio >= least && low >= leastInterval;
  failed ||= !passes;
  const limit = most === Infinity ? `at least ${least}, all of it ${leastInterval}` : `at most ${most}`;
  return `${text}  ${limit}: ${passes ? 'pass' : 'FAIL'}`;
}

/** Where the time of a Worker goes, while it is busy. */
async function showProfile() {
  for (const variant of VARIANTS) {
    const worker = workers[variant];
    let isOver = false;
    const work = async () => {
      while (!isOver) await execute(worker, ACTIVITIES);
    };
    const working = Array.from({ length: AT_ONCE }, work);
    const { owners, functions } = await worker.ask('profile', { milliseconds: 5_000 });
    isOver = true;
    await Promise.all(working);
    console.log(`\n${variant}: shares of the main thread's time`);
    const percent = (share) => `${(share * 100).toFixed(1).padStart(5)} %`;
    for (const [owner, share] of Object.entries(owners)) console.log(`${percent(share)}  ${owner}`);
    console.log('the functions that take most, with what they call in Node.js');
    for (const [name, share] of functions) console.log(`${percent(share)}  ${name}`);
  }
}
