/** How long the event loop is held at most while large payloads are sealed and opened, and how long that takes. */
import { setImmediate } from 'node:timers';
import { jsonPayload } from './floors.mjs';

const RUNS = 25;

export async function heldTimes(codec) {
  const large = Array.from({ length: 10 }, () => jsonPayload(2 * 1024 * 1024));
  const batch = Array.from({ length: 100 }, () => jsonPayload(100 * 1024));
  const sealed = (await Promise.all(large.map((payload) => codec.encode([payload])))).flat();
  const sealedBatch = await codec.encode(batch);
  const cases = {
    '10 of 2 MiB at once, encode': () => Promise.all(large.map((payload) => codec.encode([payload]))),
    '10 of 2 MiB at once, decode': () => Promise.all(sealed.map((payload) => codec.decode([payload]))),
    '100 of 100 KiB, encode': () => codec.encode(batch),
    '100 of 100 KiB, decode': () => codec.decode(sealedBatch),
  };
  const rows = [];
  for (const [name, run] of Object.entries(cases)) {
    const runs = [];
    for (let count = 0; count < RUNS; count++) runs.push(await held(run));
    const least = (field) => [...runs].sort((a, b) => a[field] - b[field])[Math.floor(RUNS / 5)][field];
    rows.push({ name, heldMs: least('heldMs'), allMs: least('allMs') });
  }
  return rows;
}

async function held(run) {
  let isOver = false;
  let lastMs = performance.now();
  let heldMs = 0;
  const look = () => {
    const now = performance.now();
    heldMs = Math.max(heldMs, now - lastMs);
    lastMs = now;
    if (!isOver) setImmediate(look);
  };
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  lastMs = performance.now();
  setImmediate(look);
  const startMs = lastMs;
  await run();
  isOver = true;
  const allMs = performance.now() - startMs;
  look();
  return { heldMs, allMs };
}
