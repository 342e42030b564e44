/**
 * Whether the Codec Server has become slower: the processor time of its process for a request, as a ratio to that of a handler of ten
 * lines whose codec is the floor of decoding. Unlike the bare handler of the whole measurement, that one does not become slower with the
 * codec.
 */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { compare } from './load.mjs';
import { startServer } from './start.mjs';

/** A handler of ten lines takes one of two times for a request of one payload, from process to process. */
const CASES = [
  { operation: 'decode', count: 1, requests: 200, limit: 2.4 },
  { operation: 'decode', count: 50, requests: 30, limit: 1.55 },
  { operation: 'encode', count: 50, requests: 30, limit: 1.55 },
];
const ROUNDS = 80;
const CONNECTIONS = 4;

/** @returns {Promise<string[]>} what is above its limit; each ratio is printed */
export async function check() {
  const slow = [];
  for (const one of CASES) {
    const { operation, count, limit } = one;
    const { floor, waxseal } = await measure(one);
    const ratio = waxseal / floor;
    const text = `${operation} ${count} of 1 KiB: ${waxseal.toFixed(0)} µs for a request, ${ratio.toFixed(2)} of a handler that does the least (at most ${limit.toFixed(2)})`;
    console.log(text);
    if (ratio > limit) slow.push(text);
  }
  return slow;
}

async function measure({ operation, count, requests }) {
  const servers = { floor: await start('floor', count), waxseal: await start('waxseal', count) };
  const askFor = ({ body, plain }) => ({
    path: `/${operation}`,
    body: operation === 'encode' ? plain : body,
  });
  return compare(servers, { rounds: ROUNDS, requests, connections: CONNECTIONS }, askFor, processorTime);
}

function start(kind, count) {
  const file = fileURLToPath(new URL('serve.mjs', import.meta.url));
  return startServer(process.execPath, [file, kind, String(count), '1024'], true);
}

/** By what the process itself says, on any system. */
async function processorTime({ child }) {
  child.send('');
  const [{ user, system }] = await once(child, 'message');
  return user + system;
}
