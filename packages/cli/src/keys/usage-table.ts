import type { NamedHolder } from '../scan/use';
import { howMany, plain, printable } from '../printable';
import type { PayloadFormat } from '../scan/payload-format';
import type { KeyUsage, OtherUsage, UsageReport } from './usage-report';

/** Formats, in words. */
export const FORMAT_NAMES: Readonly<Record<PayloadFormat, string>> = {
  waxseal: 'envelopes of Waxseal',
  'temporal-proxy': "payloads of Temporal's proxy",
  samples: "payloads in the format of Temporal's samples",
  'aws-encryption-sdk': 'messages of the AWS Encryption SDK',
  fernet: 'Fernet tokens',
  other: 'payloads in a format that is not known here',
  malformed: 'envelopes that cannot be read',
  elsewhere: 'payloads kept elsewhere',
  redacted: 'redacted parts of failures',
  unseen: 'payloads that may hold an envelope',
  plaintext: 'payloads in clear',
};

const WIDTH = 18;
const MOST_NAMED = 5;

/** A report as lines for a terminal. */
export function usageLines(report: UsageReport): readonly string[] {
  const { keys, plaintext, elsewhere, malformed, unseen, redacted, clearFailures, sdkMarkers } = report;
  return [
    ...headLines(report),
    ...keys.flatMap((key) => ['', ...keyLines(key, report)]),
    ...(keys.length === 0 ? ['', 'No payload names a key.'] : []),
    ...otherLines('In clear', plaintext),
    ...(clearFailures === 0
      ? []
      : ['', `In clear: message or stack of ${howMany(clearFailures, 'failure')}`]),
    ...otherLines('Kept elsewhere, under keys that this scan does not see', elsewhere),
    ...otherLines('Kept in the store, whose records were read', report.inStore),
    ...otherLines('Envelopes that cannot be read', malformed),
    ...otherLines('May hold an envelope, under keys that this scan does not see', unseen),
    ...(sdkMarkers === 0
      ? []
      : [
          '',
          `Written by SDKs in clear beside every codec: ${howMany(sdkMarkers, 'marker')} of local activities and patches`,
        ]),
    ...(redacted === 0
      ? []
      : ['', `Redacted, since it could not be encrypted: ${howMany(redacted, 'part')} of failures`]),
    ...listLines('Not looked at', report.leftOut),
    ...listLines('What this report cannot see', report.blindSpots),
  ];
}

function headLines({
  source,
  asOf,
  holders,
  payloads,
  encrypted,
  retentionDays,
  gone,
}: UsageReport): string[] {
  const looked = Object.entries(holders).map(([what, number]) => held(number, what));
  return [
    `${plain(source)}, as of ${asOf}`,
    `Looked at: ${looked.length === 0 ? 'nothing' : looked.join(', ')}${gone === 0 ? '' : `; ${String(gone)} were gone before they could be read`}`,
    `${howMany(payloads, 'payload')}, ${String(encrypted)} of them encrypted${retentionDays === null ? '' : `. Closed executions are kept for ${days(retentionDays)}`}`,
  ];
}

function days(number: number): string {
  return number < 1
    ? `${String(Math.round(number * 24 * 60))} minutes`
    : howMany(Number(number.toFixed(2)), 'day');
}

function keyLines(key: KeyUsage, { asOf }: UsageReport): string[] {
  const { id, format, payloads, sole, kinds, firstSeen, lastSeen, neededBy } = key;
  const byKind = Object.entries(kinds).sort(([, a], [, b]) => b - a);
  const alone = sole === payloads ? 'no other key opens them' : `no other key opens ${String(sole)} of them`;
  return [
    `Key ${printable(id)}`,
    row('payloads', `${String(payloads)} ${FORMAT_NAMES[format]}; ${alone}`),
    row('', byKind.map(([kind, number]) => `${kind} ${String(number)}`).join(', ')),
    ...(firstSeen === null || lastSeen === null ? [] : [row('written', `${firstSeen} to ${lastSeen}`)]),
    row('needed by', neededBy.map(({ what, count: number }) => held(number, what)).join(', ')),
    ...verdictLines(key, asOf),
  ];
}

function verdictLines(key: KeyUsage, asOf: string): string[] {
  const { notNeededFrom, notNeededFromBesideOthers, blockers, neededBy } = key;
  const beside =
    notNeededFromBesideOthers === null || notNeededFromBesideOthers === notNeededFrom
      ? []
      : [
          row(
            '',
            `${dateText(notNeededFromBesideOthers, asOf)}, as long as the other keys of its envelopes stay`,
          ),
        ];
  if (notNeededFrom !== null) return [row('not needed from', dateText(notNeededFrom, asOf)), ...beside];
  const named = (what: string): string => {
    const holders = neededBy.find((each) => each.what === what);
    return holders === undefined ? '' : namesOf(holders.named, holders.count);
  };
  return [
    row('not needed from', 'no date, because of'),
    ...blockers.flatMap(({ what, count: number, freedBy }) => [
      row('', `- ${what === 'not all was looked at' ? what : held(number, what)}${named(what)}`),
      row('', `  freed by: ${freedBy}`),
    ]),
    ...beside,
  ];
}

function dateText(date: string, asOf: string): string {
  return date <= asOf ? `now on (${date})` : date;
}

function namesOf(named: readonly NamedHolder[], all: number): string {
  const shown = named.slice(0, MOST_NAMED).map(({ id }) => printable(id));
  return `: ${shown.join(', ')}${all > shown.length ? ', …' : ''}`;
}

function otherLines(title: string, others: readonly OtherUsage[]): string[] {
  if (others.length === 0) return [];
  return [
    '',
    `${title}:`,
    ...others.map(({ name, payloads, neededBy }) => {
      const holders = neededBy.map(
        ({ what, count: number, named }) => `${held(number, what)}${namesOf(named, number)}`,
      );
      return `  ${printable(name)}: ${howMany(payloads, 'payload')} in ${holders.join('; ')}`;
    }),
  ];
}

function listLines(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : ['', `${title}:`, ...items.map((item) => `- ${plain(item)}`)];
}

function row(name: string, value: string): string {
  return `  ${name.padEnd(WIDTH)}${value}`;
}

/** A number of holders: `1 open activity`. */
function held(number: number, what: string): string {
  const noun = number === 1 ? what.replace(/ies$/, 'y').replace(/s$/, '') : what;
  return `${String(number)} ${noun}`;
}
