import { type Month, simulateMonth } from './simulation/month';

const FLEETS = [1, 20, 100, 1_000, 10_000];
/** Nothing shared; shared with the limits that are the defaults; shared with a limit for a fleet. */
const WAYS = [
  { name: 'each its own', isShared: false, maxMessages: 2 ** 20 },
  { name: 'shared', isShared: true, maxMessages: 2 ** 20 },
  { name: 'shared, `maxMessages: 2 ** 28`', isShared: true, maxMessages: 2 ** 28 },
];

/** A month of fleets of several sizes, as a table of Markdown. */
export function monthsTable(): string {
  const rows = FLEETS.flatMap((workers) =>
    WAYS.map(({ name, isShared, maxMessages }) =>
      rowOf(workers, name, simulateMonth(workers, isShared, maxMessages)),
    ),
  );
  return [
    '| Workers | Data keys | Wraps | Unwraps | Requests to the key service | at peak, a second | Dollars | Requests to the store, a second | at peak |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function rowOf(workers: number, name: string, month: Month): string {
  const {
    wraps,
    unwraps,
    requests,
    keyRequestsAtPeak,
    dollars,
    storeRequestsPerSecond,
    storeRequestsAtPeak,
  } = month;
  const cells = [
    text(workers),
    name,
    text(wraps),
    text(unwraps),
    text(requests),
    text(keyRequestsAtPeak),
    dollars < 100 ? dollars.toFixed(2) : text(Math.round(dollars)),
    storeRequestsPerSecond < 10
      ? storeRequestsPerSecond.toFixed(2)
      : text(Math.round(storeRequestsPerSecond)),
    text(storeRequestsAtPeak),
  ];
  return `| ${cells.join(' | ')} |`;
}

function text(count: number): string {
  return count.toLocaleString('en-US');
}
