/**
 * What `EnvelopeCodec` costs, as a ratio to the floor of each direction (`codec/floors.mjs`), for payloads of 0 B to 2 MiB, for fifty at
 * once, and beside its peers. A ratio does not depend on the machine as a time does.
 *
 * Usage: npm run bench [-- --node 20,22,24] [-- --no-peers] [-- --rounds 301] [-- --check]
 *   --check: only the payloads that `npm test` looks at, to see that the codec has not become slower
 */
import { randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { heldTimes } from './codec/event-loop.mjs';
import { jsonPayload, Payload } from './codec/floors.mjs';
import { measure } from './codec/measure.mjs';
import { peers } from './codec/peers.mjs';

/** Node.js 20 cannot give memory back by itself, and some processes take twice as long as others for what is large. */
const largeEncode = 'transfer' in ArrayBuffer.prototype ? 1.2 : 2.5;

/** Payloads, and the limits of both ratios, where there are any. */
const CASES = [
  { name: '0 B', bytes: 0 },
  { name: '100 B', bytes: 100 },
  { name: '1 KiB', bytes: 1024, isChecked: true, limits: { encode: 2.05, decode: 2.45 } },
  { name: '10 KiB', bytes: 10 * 1024 },
  { name: '50 of 1 KiB', bytes: 1024, count: 50, isChecked: true, limits: { encode: 2.1, decode: 2.5 } },
  { name: '256 KiB', bytes: 256 * 1024, limits: { encode: largeEncode, decode: 1.4 } },
  { name: '2 MiB', bytes: 2 * 1024 * 1024, limits: { encode: largeEncode, decode: 1.4 } },
];

/** Milliseconds for which work on payloads may hold the event loop, on a machine that does nothing else. */
const MOST_HELD_MS = 8;

/** Node.js 24 and later take longer for the key of each payload, by the form that is cheapest there. */
const slack = Number(process.versions.node.split('.')[0]) >= 24 ? 1.2 : 1;

const { values } = parseArgs({
  options: {
    node: { type: 'string' },
    peers: { type: 'boolean', default: true },
    check: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '151' },
  },
  allowNegative: true,
});

if (values.node !== undefined) await onEach(values.node.split(','));
else await run();

/** Runs this file on each version of Node.js, as `findNode` finds or brings it. */
async function onEach(majors) {
  const { findNode } = await import('@waxseal/bring-up');
  for (const major of majors) {
    const program =
      Number(process.versions.node.split('.')[0]) === Number(major)
        ? process.execPath
        : await findNode(Number(major));
    const args = [
      fileURLToPath(import.meta.url),
      '--rounds',
      values.rounds,
      ...(values.peers ? [] : ['--no-peers']),
      ...(values.check ? ['--check'] : []),
    ];
    const { status } = spawnSync(program, args, { stdio: 'inherit' });
    process.exitCode ||= status ?? 1;
    console.log('');
  }
}

async function run() {
  const rounds = Number(values.rounds);
  const codec = new EnvelopeCodec({
    keyring: new Keyring({ primary: new LocalKey({ id: 'bench/v1', key: randomBytes(32) }) }),
    payloadLimitBytes: Infinity,
    // One data key for the whole run, as in steady state.
    dataKeys: { maxMessages: 2 ** 32, maxBytes: Number.MAX_SAFE_INTEGER },
  });
  await codec.warmUp();
  const context = { type: 'workflow', namespace: 'default', workflowId: 'order-1001' };
  console.log(
    `Node.js ${process.versions.node}: processor time for each payload, undisturbed, and its ratio to the floor; ${rounds} rounds\n`,
  );
  line(['payload', 'side', 'µs', 'floor µs', 'ratio', 'limit']);
  // Once, so that the first case is not the one in which the code is still being compiled.
  await measure([['Waxseal', codec]], [jsonPayload(1024)], context, 60);
  let failed = false;
  const cases = values.check ? CASES.filter(({ isChecked }) => isChecked) : CASES;
  for (const { name, bytes, count = 1, limits } of cases) {
    const payloads = Array.from({ length: count }, () => jsonPayload(bytes));
    for (const { side, microseconds, floor, ratio } of await measure(
      [['Waxseal', codec]],
      payloads,
      context,
      rounds,
    )) {
      const limit = limits === undefined ? undefined : limits[side] * slack;
      const verdict = limit === undefined ? '' : ratio <= limit ? 'pass' : 'FAIL';
      failed ||= verdict === 'FAIL';
      line([
        name,
        side,
        (microseconds / count).toFixed(1),
        (floor / count).toFixed(1),
        ratio.toFixed(2),
        limit?.toFixed(2) ?? '',
        verdict,
      ]);
    }
  }
  if (!values.check) await showTheRest(codec, context);
  codec.close();
  if (failed) {
    console.error('A ratio is above its limit.');
    process.exitCode = 1;
  }
}

async function showTheRest(codec, context) {
  const payload = jsonPayload(1024);
  const [sealed] = await codec.encode([payload], context);
  console.log(
    `\nAn envelope has ${sealed.data.length - Payload.encode(payload).finish().length} bytes more than the serialized payload, with one wrapped key of 61 bytes.`,
  );
  console.log('\nThe event loop is held for at most, undisturbed, in milliseconds\n');
  for (const { name, heldMs, allMs } of await heldTimes(codec)) {
    const passes = heldMs <= MOST_HELD_MS;
    if (!passes) process.exitCode = 1;
    const times = `${heldMs.toFixed(1).padStart(5)} of ${allMs.toFixed(1).padStart(5)}`;
    console.log(`${name.padEnd(28)} ${times}   ${passes ? 'pass' : 'FAIL'}`);
  }
  if (values.peers) await besidePeers(codec, context);
}

async function besidePeers(codec, context) {
  console.log('\nBeside others, 1 KiB: ratio to the same floors, in the same rounds\n');
  const all = [['Waxseal', codec], ...(await peers())];
  const rows = await measure(all, [jsonPayload(1024)], context, 31);
  for (const [name] of all) {
    const [encode, decode] = rows.filter((row) => row.codec === name);
    console.log(
      `${name.padEnd(38)} encode ${encode.ratio.toFixed(1).padStart(6)}  decode ${decode.ratio.toFixed(1).padStart(6)}`,
    );
  }
}

function line(cells) {
  const widths = [12, 7, 9, 9, 6, 6, 5];
  console.log(
    cells
      .map((cell, index) => String(cell).padStart(widths[index]))
      .join('  ')
      .trimEnd(),
  );
}
