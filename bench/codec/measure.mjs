/**
 * Times codecs beside their floors: in one process, round by round in turn, by the time that the processor worked for the process.
 * What else the machine does makes a round longer and never shorter, by page faults and lost caches, so that the time of each side is that
 * of the fifth of its rounds that took least, at its upper end.
 */
import { floorsOf, fromWire } from './floors.mjs';

/** How long one side of a round takes, about, and rounds that are not counted. */
const ROUND_US = 2_000;
const WARM_UP = 20;
/** How often a side is timed to find how many runs a round has. */
const TRIALS = 15;

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

/** The time below which the fifth of the rounds lies that took least. */
export function undisturbed(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 5)];
}

/** @returns microseconds of the processor for each run */
async function time(times, run) {
  const start = process.cpuUsage();
  for (let count = 0; count < times; count++) await run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / times;
}

/**
 * How many runs a round has: as many as take its time by the shortest of several trials. A trial in which the collector of garbage
 * worked takes a hundred times as long, and rounds of one run tell what it costs to begin.
 */
async function runsInRound(run) {
  let shortest = Infinity;
  for (let trial = 0; trial < TRIALS; trial++) shortest = Math.min(shortest, await time(5, run));
  return Math.max(1, Math.round(ROUND_US / Math.max(shortest, 1)));
}

/**
 * @param codecs name to codec
 * @returns a row for each codec and direction: microseconds of it and of its floor, for all payloads, and their ratio
 */
export async function measure(codecs, payloads, context, rounds) {
  const floors = floorsOf(payloads);
  const sides = { 'floor encode': floors.encode, 'floor decode': floors.decode };
  for (const [name, codec] of codecs) {
    const sealed = (await codec.encode(payloads, context)).map(fromWire);
    sides[`${name} encode`] = () => codec.encode(payloads, context);
    sides[`${name} decode`] = () => codec.decode(sealed, context);
  }
  const operations = {};
  for (const [side, run] of Object.entries(sides)) {
    operations[side] = await runsInRound(run);
  }
  const times = Object.fromEntries(Object.keys(sides).map((side) => [side, []]));
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const [side, run] of Object.entries(sides)) {
      const microseconds = await time(operations[side], run);
      if (round >= 0) times[side].push(microseconds);
    }
  }
  return codecs.flatMap(([name]) =>
    ['encode', 'decode'].map((side) => {
      const own = undisturbed(times[`${name} ${side}`]);
      const floor = undisturbed(times[`floor ${side}`]);
      return { codec: name, side, microseconds: own, floor, ratio: own / Math.max(floor, 0.01) };
    }),
  );
}
