import { howMany, plain, printable, table } from '../printable';
import { bad, good, type Line, type Styled } from '../terminal/colour';
import type { FoundHolders } from './subject-holders';

/**
 * What came of one subject:
 *
 * - `shredded`: its key is removed, and what opened before does not open after
 * - `shredded before`: its key had been removed already
 * - `to be shredded`: nothing was removed, since that was not asked for
 * - `held`: nothing was removed, since something holds its payloads, or not all could be looked at
 * - `failed`: its key could not be removed, or that is not proved
 * - `not known`: the store never had a key of it
 */
export type ShredResult = 'shredded' | 'shredded before' | 'to be shredded' | 'held' | 'failed' | 'not known';

/** One subject of a report. */
export interface ShreddedSubject {
  /** As it was named. */
  readonly id: string;
  readonly keyId: string;
  readonly result: ShredResult;
  /** When its key was removed, by the store's clock. */
  readonly shreddedAt: Date | undefined;
  /** How it is proved, or why it is not; `undefined` where nothing was to be removed. */
  readonly proof: string | undefined;
}

/** What `waxseal subjects shred` has found and done. */
export interface ShredReport extends FoundHolders {
  readonly subjects: readonly ShreddedSubject[];
  readonly forgetWithinMs: number;
}

/** The report for a person. */
export function shredLines({
  subjects,
  holders,
  count,
  leftOut,
  forgetWithinMs,
}: ShredReport): readonly Line[] {
  const held = holders.map(({ namespace, kind, id, runId = '', type = '', payloads, keyIds }) => [
    Object.entries(payloads)
      .map(([what, times]) => `${String(times)} ${what}`)
      .join(', '),
    keyIds.map((keyId) => keyId.slice(0, 'subject/'.length + 8)).join(', '),
    `${plain(namespace)}: ${plain(id)} ${plain(runId)} (${kind}${type === '' ? '' : `, ${plain(type)}`})`,
  ]);
  const isShredded = subjects.some(({ result }) => result === 'shredded');
  return [
    ...(held.length === 0 ? [] : [...table(['PAYLOADS', 'SUBJECT', 'HELD BY'], held), '']),
    ...(count > holders.length ? [`… and ${String(count - holders.length)} more: raise --limit.`, ''] : []),
    ...leftOut.map((why) => `Not looked at: ${why}`),
    ...subjects.map(subjectLine),
    ...(isShredded
      ? [
          `Processes that have opened payloads of them before forget them within ${durationText(forgetWithinMs)} (forgetWithin), and Codec Servers too.`,
          'Backups of the store have the key until they are gone: shred again after a restore (docs/subjects.md).',
        ]
      : []),
  ];
}

const STYLES: Readonly<Partial<Record<ShredResult, (text: string) => Styled>>> = {
  shredded: good,
  held: bad,
  failed: bad,
  'not known': bad,
};

function subjectLine({ id, keyId, result, shreddedAt, proof }: ShreddedSubject): Line {
  const name = id === keyId ? printable(id) : `${printable(id)} (${keyId})`;
  const at = shreddedAt === undefined ? '' : ` at ${shreddedAt.toISOString()}`;
  const why: Readonly<Record<ShredResult, string>> = {
    shredded: `shredded${at}. ${proof ?? ''}`,
    'shredded before': `was shredded before${at}.`,
    'to be shredded': 'would be shredded. Nothing was removed.',
    held: 'is not shredded: what is named above would fail. Terminate or reset it, or use --force.',
    failed: `is not shredded for certain. ${proof ?? ''}`,
    'not known': 'never had a key in this store: check its spelling.',
  };
  const style = STYLES[result];
  return [`${name}: `, style === undefined ? why[result] : style(why[result])];
}

function durationText(ms: number): string {
  if (ms >= 120_000) return howMany(Math.ceil(ms / 60_000), 'minute');
  return howMany(Math.ceil(ms / 1000), 'second');
}
