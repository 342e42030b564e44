import { MOST_NAMED, type Holders, type Use } from './use';
import type { Usage, UsageJson } from './usage';

/** What Temporal takes as a payload, in bytes, less what is beside a usage in it. */
export const MOST_USAGE_BYTES = 2 * 1024 * 1024 - 64 * 1024;

/** How many holders of a kind are named for each key, where more are too much. */
const FEWER_NAMED = [MOST_NAMED, 10, 3, 1, 0];

/** What is said where a usage is too large for a payload of Temporal's. */
export const USAGE_TOO_LARGE =
  'What was counted is above the 2 MiB that Temporal takes in a payload, since so many keys are named. Scan without --on-workers, which has no such limit.';

/**
 * A usage as it is stored, in at most so many bytes of JSON. Where it has more, fewer of the holders are
 * named; what is counted stays. Runs in the sandbox of workflows too.
 *
 * @returns `undefined` where its counts alone have more
 */
export function usageWithin(usage: Usage, mostBytes: number): UsageJson | undefined {
  for (const named of FEWER_NAMED) {
    const json = usage.toJSON();
    const fewer = { ...json, uses: json.uses.map((use) => withNamed(use, named)) };
    if (bytesOf(fewer) <= mostBytes) return fewer;
  }
  return undefined;
}

/** Bytes of a value in JSON. */
export function bytesOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

function withNamed(use: Use, most: number): Use {
  const holders = Object.entries(use.holders).map(([kind, each]): [string, Holders] => [
    kind,
    { ...each, named: each.named.slice(0, most) },
  ]);
  return { ...use, holders: Object.fromEntries(holders) };
}
