import { Usage } from '../../src/scan/usage';
import type { HolderKind, Holders, Use } from '../../src/scan/use';
import { usageReport, type Scanned, type UsageReport } from '../../src/keys/usage-report';

const MS_PER_DAY = 86_400_000;
/** When the sample scans began. */
export const AS_OF_MS = Date.parse('2026-11-30T08:12:34.567Z');

/** What a sample has. */
export interface Sample {
  readonly uses: readonly Use[];
  readonly scanned?: Partial<Scanned>;
}

/** A report on these uses, of a namespace that was looked at wholly. */
export function sampleReport({ uses, scanned }: Sample): UsageReport {
  const sum = (chosen: readonly Use[]): number => chosen.reduce((all, { payloads }) => all + payloads, 0);
  const holders: Partial<Record<HolderKind, number>> = {};
  for (const use of uses) {
    for (const [kind, { count }] of Object.entries(use.holders) as [HolderKind, Holders][]) {
      holders[kind] = Math.max(holders[kind] ?? 0, count);
    }
  }
  const encrypted = uses.filter(({ format }) =>
    ['waxseal', 'temporal-proxy', 'samples', 'other'].includes(format),
  );
  return usageReport({
    source: 'namespace orders at temporal.internal:7233',
    namespace: 'orders',
    asOfMs: AS_OF_MS,
    endedMs: AS_OF_MS + 372_000,
    retentionMs: 30 * MS_PER_DAY,
    read: 1_204,
    gone: 2,
    leftOut: [],
    blindSpots: [
      'Visibility archives and history archives of the namespace.',
      'Payloads that workers hold in memory and have not sent yet.',
      'Standalone Nexus operations of a server older than 1.30, which does not list them.',
    ],
    usage: Usage.fromJSON({
      events: 61_204,
      payloads: sum(uses),
      encrypted: sum(encrypted),
      clearFailures: 3,
      sdkMarkers: 12,
      notToldApart: 0,
      notRead: 0,
      holders,
      uses,
    }),
    ...scanned,
  });
}

/** A key that was written under from some day before the scan to another. Numbers depend on the name only. */
export function sampleUse(
  name: string,
  fromDaysAgo: number,
  toDaysAgo: number,
  kinds: Partial<Record<HolderKind, number>>,
  changed: Partial<Use> = {},
): Use {
  const days: Record<string, number> = {};
  let payloads = 0;
  for (let ago = fromDaysAgo; ago >= toDaysAgo; ago--) {
    const count = 20 + ((ago * 37 + name.length * 11) % 60);
    days[dayBefore(ago)] = count;
    payloads += count;
  }
  const holders: Partial<Record<HolderKind, Holders>> = {};
  for (const [kind, count] of Object.entries(kinds) as [HolderKind, number][]) {
    if (count === 0) continue;
    holders[kind] = sampleHolders(kind, count, fromDaysAgo, toDaysAgo);
  }
  return {
    format: 'waxseal',
    name,
    payloads,
    sole: payloads,
    kinds: { input: Math.ceil(payloads / 2), 'activity result': Math.floor(payloads / 2) },
    firstSeenMs: AS_OF_MS - fromDaysAgo * MS_PER_DAY,
    lastSeenMs: AS_OF_MS - toDaysAgo * MS_PER_DAY,
    days,
    holders,
    ...changed,
  };
}

function sampleHolders(kind: HolderKind, count: number, fromDaysAgo: number, toDaysAgo: number): Holders {
  const closeDays: Record<string, number> = {};
  const isClosed = kind.startsWith('closed ');
  for (let left = count, ago = toDaysAgo; isClosed && left > 0; ago++) {
    const each = ago - toDaysAgo >= 27 ? left : Math.min(left, 1 + ((ago * 5) % 7));
    closeDays[dayBefore(ago)] = each;
    left -= each;
  }
  const lastCloseMs = AS_OF_MS - toDaysAgo * MS_PER_DAY;
  return {
    count,
    soleCount: count,
    named: Array.from({ length: Math.min(count, 25) }, (_, index) => ({
      id:
        kind === 'schedules' ? `nightly-settlement-${String(index)}` : `order-${String(48_213 + index * 17)}`,
      ...(kind.includes('executions') && {
        runId: `0197f3c2-6d0e-7${String(100 + index)}-9c55-2f1d0a7e3b${String(10 + index)}`,
        type: 'chargeOrder',
      }),
      startMs: AS_OF_MS - (fromDaysAgo - index) * MS_PER_DAY,
      sole: true,
    })),
    closeDays,
    ...(isClosed && { lastCloseMs, soleLastCloseMs: lastCloseMs }),
  };
}

function dayBefore(days: number): string {
  return new Date(AS_OF_MS - days * MS_PER_DAY).toISOString().slice(0, 10);
}

/** Names that try to leave their place: in HTML, in an attribute, in the line, in the page. */
export const HOSTILE_NAMES: readonly string[] = [
  '</script><script>document.title="owned"</script>',
  '"><img src=x onerror="document.title=1"><a href=\'https://attacker.example/\'>',
  '</style><style>@import url(https://attacker.example/a.css);</style>-->',
  'orders\u202e\u2066gpj.exe\u0000\u0007\n\r\u001b[2J\u061c\u200b\u00a0end',
  'оrders-2026',
  `z${'\u0301'.repeat(200)}algo`,
  'מפתח-ראשי/v3',
  'k'.repeat(1_024),
  `${'<b>&amp;'.repeat(140)}\u{e0041}\ud800`,
  '\\u202e looks escaped',
];

/** Reports to look at, by what is special of them. */
export const SAMPLES: Readonly<Record<string, () => UsageReport>> = {
  'one key': () => sampleReport({ uses: [sampleUse('orders-2024/v1', 150, 41, { 'closed executions': 0 })] }),
  rotation: () =>
    sampleReport({
      uses: [
        sampleUse(
          'projects/acme-payments/locations/europe-west3/keyRings/temporal/cryptoKeys/orders/cryptoKeyVersions/1',
          210,
          96,
          { 'open executions': 31, 'closed executions': 12, schedules: 3 },
        ),
        sampleUse(
          'projects/acme-payments/locations/europe-west3/keyRings/temporal/cryptoKeys/orders/cryptoKeyVersions/2',
          118,
          14,
          { 'closed executions': 166 },
        ),
        sampleUse(
          'projects/acme-payments/locations/europe-west3/keyRings/temporal/cryptoKeys/orders/cryptoKeyVersions/3',
          14,
          0,
          { 'open executions': 212, 'closed executions': 85, 'open activities': 4 },
        ),
        sampleUse('json/plain', 200, 160, { 'closed executions': 4 }, { format: 'plaintext' }),
        sampleUse(
          'binary/null',
          210,
          1,
          { 'open executions': 80, 'closed executions': 190 },
          { format: 'plaintext' },
        ),
      ],
    }),
  'twelve keys': () =>
    sampleReport({
      uses: [
        ...Array.from({ length: 9 }, (_, index) =>
          sampleUse(
            `vault/transit/eu/orders/v${String(index + 2)}`,
            400 - index * 40,
            Math.max(0, 330 - index * 41),
            index === 8
              ? { 'open executions': 90, 'closed executions': 60 }
              : index > 6
                ? { 'closed executions': 70 }
                : index % 3 === 0
                  ? { schedules: 1, 'open executions': 2 }
                  : {},
          ),
        ),
        sampleUse(
          'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
          90,
          3,
          { 'closed executions': 120 },
          { format: 'temporal-proxy', sole: 11 },
        ),
        sampleUse('https://acme-eu.vault.azure.net/keys/orders/0123456789abcdef0123456789abcdef', 365, 200, {
          files: 14,
        }),
        sampleUse('test-key-id', 300, 290, { deployments: 1 }, { format: 'samples' }),
      ],
    }),
  hostile: () =>
    sampleReport({
      uses: HOSTILE_NAMES.flatMap((name, index) => [
        sampleUse(
          name,
          40 - index,
          9,
          { 'open executions': 2, 'closed executions': 9 },
          {
            holders: {
              'open executions': {
                count: 7,
                soleCount: 3,
                closeDays: {},
                named: HOSTILE_NAMES.slice(0, index > 0 ? 1 : undefined).map((id) => ({
                  id,
                  runId: id,
                  type: id,
                  startMs: 8.64e15 * 2,
                  sole: false,
                })),
              },
            },
          },
        ),
        ...(['plaintext', 'elsewhere', 'malformed'] as const).map((format) =>
          sampleUse(name.slice(0, 100), 30, 20, { files: 1 }, { format }),
        ),
      ]),
      scanned: {
        leftOut: HOSTILE_NAMES,
        blindSpots: HOSTILE_NAMES,
        source: HOSTILE_NAMES[1] ?? '',
        namespace: HOSTILE_NAMES[0] ?? '',
      },
    }),
  incomplete: () =>
    sampleReport({
      uses: [
        sampleUse('orders-2024', 120, 60, {}),
        sampleUse('orders-2025', 60, 2, { 'open executions': 8, 'closed executions': 61 }),
        sampleUse('s3driver', 40, 2, { 'open executions': 3 }, { format: 'elsewhere' }),
      ],
      scanned: {
        leftOut: [
          '1,204 executions are beyond the limit: raise it with --limit',
          'Schedules could not be listed: the caller lacks the right to list them. Give it the role of a reader',
        ],
      },
    }),
  empty: () => sampleReport({ uses: [] }),
};
