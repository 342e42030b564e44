/**
 * What the Codec Server costs: payloads decoded for each second of one core, beside a bare handler of the same framework with
 * the same codec, and beside the handler of Temporal's Go SDK with an AES-256-GCM codec. All run in turn, each round once, and the
 * time of each is that of its rounds that were least disturbed. Processor time is the server's own, so that the one who asks does not
 * slow it.
 *
 * Usage: npm run bench:codec-server [-- --check]
 *   --check: only whether the Codec Server has become slower (`codec-server/check.mjs`), as `npm test` does
 *
 * Needs Linux (/proc), and Go for the last; without Go that row is left out.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { check } from './codec-server/check.mjs';
import { compare } from './codec-server/load.mjs';
import { startServer } from './codec-server/start.mjs';

const ROUNDS = 60;
const CONNECTIONS = 8;

/**
 * What the Web UI sends, a page of a history, and a large payload. `limits`: of the bare handler's rate, what must be left; less
 * than the least of several runs on a busy machine (docs/performance.md).
 */
const CASES = [
  { name: '1 of 1 KiB', count: 1, bytes: 1024, requests: 400, limits: { waxseal: 0.65, guarded: 0.4 } },
  { name: '50 of 1 KiB', count: 50, bytes: 1024, requests: 50, limits: { waxseal: 0.9, guarded: 0.55 } },
  { name: '1 of 256 KiB', count: 1, bytes: 256 * 1024, requests: 20, limits: { waxseal: 0.9, guarded: 0.6 } },
];

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Builds the Go program, where there is Go. */
function buildGo(folder) {
  const binary = join(folder, 'go-codec-server');
  try {
    execFileSync('go', ['build', '-o', binary, '.'], { cwd: here('codec-server/go'), stdio: 'pipe' });
    return binary;
  } catch (error) {
    console.log(`The Go SDK's handler is left out: ${error.code ?? String(error.stderr).trim()}`);
    return undefined;
  }
}

/** By the scheduler's own clock, of all threads of a process (Documentation/scheduler/sched-stats), Go's too. */
async function processorTime({ pid }) {
  const threads = await readdir(`/proc/${pid}/task`);
  const times = threads.map(async (thread) => {
    const stat = await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8');
    return Number(stat.split(' ', 1)[0]) / 1_000;
  });
  return (await Promise.all(times)).reduce((sum, time) => sum + time, 0);
}

async function measure({ name, count, bytes, requests, limits }, goBinary) {
  const sizes = [String(count), String(bytes)];
  const node = (kind) => startServer(process.execPath, [here('codec-server/serve.mjs'), kind, ...sizes]);
  const servers = {
    bare: await node('bare'),
    waxseal: await node('waxseal'),
    guarded: await node('guarded'),
  };
  if (goBinary !== undefined) servers.go = await startServer(goBinary, sizes);
  const askFor = ({ body, token }) => ({ path: '/decode', body, token });
  const howMany = { rounds: ROUNDS, requests, connections: CONNECTIONS };
  const microseconds = await compare(servers, howMany, askFor, processorTime);
  const rate = (kind) => (1e6 * count) / microseconds[kind];
  const row = { payloads: name };
  for (const kind of Object.keys(servers)) row[`${kind}/s`] = Math.round(rate(kind));
  for (const [kind, limit] of Object.entries(limits)) {
    const ratio = rate(kind) / rate('bare');
    row[`${kind} : bare`] = `${ratio.toFixed(2)} (least ${limit.toFixed(2)})`;
    if (ratio < limit)
      slow.push(`${name}, ${kind}: ${ratio.toFixed(2)} of a bare handler, less than ${limit.toFixed(2)}`);
  }
  if (goBinary !== undefined) row['waxseal : go'] = (rate('waxseal') / rate('go')).toFixed(2);
  return row;
}

/** What is slower than its limit. */
const slow = [];

if (process.argv.includes('--check')) {
  slow.push(...(await check()));
} else {
  await compareAll();
}
for (const one of slow) console.error(`Slower than the limit: ${one}.`);
if (slow.length > 0) process.exitCode = 1;

async function compareAll() {
  const folder = mkdtempSync(join(tmpdir(), 'waxseal-bench-'));
  try {
    const goBinary = buildGo(folder);
    const rows = [];
    for (const one of CASES) rows.push(await measure(one, goBinary));
    console.table(rows);
    console.log(
      'Payloads for each second of one core. guarded: with a token, a rule, a mask and an audit sink.',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
