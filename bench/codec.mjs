/**
 * What `EnvelopeCodec` costs, as a ratio: steady-state `encode` and `decode` of one payload against one bare AES-256-GCM
 * pass of `node:crypto` plus one protobuf serialization of the same payload, in the same process, round by round in turn.
 *
 * A ratio does not depend on the machine as a time does. It is the median over pairs of neighbouring rounds, so that what
 * slows the machine for a while slows both sides of a pair.
 */
import { createCipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';

import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';

const { temporal } = createRequire(import.meta.url)('@temporalio/proto');
const { Payload } = temporal.api.common.v1;

const ROUNDS = 301;
const NONCE = Buffer.alloc(12);

/** Payload sizes, how many operations make a round, and the limit of both ratios. */
const CASES = [
  { name: '1 KiB', bytes: 1024, operations: 200, limit: 2.2 },
  { name: '256 KiB', bytes: 256 * 1024, operations: 8, limit: 1.2 },
];

/** A `json/plain` payload whose `data` has `bytes` bytes. */
function jsonPayload(bytes) {
  return {
    metadata: { encoding: Buffer.from('json/plain') },
    data: new Uint8Array(Buffer.from(JSON.stringify('x'.repeat(bytes - 2)))),
  };
}

/** One bare pass: serialize, encrypt under a key that is there, with a nonce that is there. */
function bare(key, payload) {
  const cipher = createCipheriv('aes-256-gcm', key, NONCE);
  const ciphertext = cipher.update(Payload.encode(payload).finish());
  cipher.final();
  return ciphertext.length + cipher.getAuthTag().length;
}

/** @returns microseconds for each operation of a round */
async function time(operations, run) {
  const start = performance.now();
  for (let count = 0; count < operations; count++) await run();
  return ((performance.now() - start) * 1000) / operations;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

async function measure({ name, bytes, operations, limit }, codec, context) {
  const payload = jsonPayload(bytes);
  const key = createSecretKey(randomBytes(32));
  // Decoded from protobuf, as payloads come from Temporal.
  const sealed = (await codec.encode([payload], context)).map((outer) =>
    Payload.decode(Payload.encode(outer).finish()),
  );
  const payloads = [payload];
  const sides = {
    bare: () => bare(key, payload),
    encode: () => codec.encode(payloads, context),
    decode: () => codec.decode(sealed, context),
  };
  const times = { bare: [], encode: [], decode: [] };
  for (let round = -20; round < ROUNDS; round++) {
    for (const [side, run] of Object.entries(sides)) {
      const microseconds = await time(operations, run);
      if (round >= 0) times[side].push(microseconds);
    }
  }
  const overhead = sealed[0].data.length - Payload.encode(payload).finish().length;
  const rows = ['encode', 'decode'].map((side) => {
    const ratio = median(times[side].map((value, round) => value / times.bare[round]));
    const microseconds = median(times[side]);
    return { name, side, bare: median(times.bare), microseconds, ratio, limit, passed: ratio <= limit };
  });
  return { rows, overhead };
}

const codec = new EnvelopeCodec({
  keyring: new Keyring({ primary: new LocalKey({ id: 'bench/v1', key: randomBytes(32) }) }),
  // One data key for the whole run, as in steady state.
  dataKeys: { maxMessages: 2 ** 32, maxBytes: Number.MAX_SAFE_INTEGER },
});
const context = { type: 'workflow', namespace: 'default', workflowId: 'order-1001' };
await codec.warmUp();

const columns = [9, 8, 10, 10, 8, 7, 12];
const line = (cells) =>
  console.log(cells.map((cell, index) => String(cell).padStart(columns[index])).join('  '));
console.log(
  `Node ${process.version}, median of ${ROUNDS} rounds. "bare": one node:crypto AES-256-GCM pass + one protobuf serialization.\n`,
);
line(['payload', 'codec', 'µs', 'bare µs', 'ratio', 'limit', 'payloads/s']);

let failed = false;
const overheads = [];
for (const item of CASES) {
  const { rows, overhead } = await measure(item, codec, context);
  overheads.push(`${item.name} +${overhead} bytes`);
  for (const row of rows) {
    failed ||= !row.passed;
    line([
      row.name,
      row.side,
      row.microseconds.toFixed(1),
      row.bare.toFixed(1),
      row.ratio.toFixed(2),
      row.limit.toFixed(1),
      Math.round(1e6 / row.microseconds),
      row.passed ? ' pass' : ' FAIL',
    ]);
  }
}
codec.close();
console.log(
  `\nEnvelope overhead over the serialized payload, one wrapped key of 61 bytes: ${overheads.join(', ')}.`,
);
if (failed) {
  console.error('A ratio is above its limit.');
  process.exitCode = 1;
}
