import type { Choice } from './choose';
import { payloadAt, payloadsOf, replace, type SchedulePayload } from './schedule-payloads';
import type { DescribedSchedule, ScheduleService } from './schedule-service';
import { isSamePayload, type Resealed, type Sealer } from './sealer';

/** How a schedule is sealed anew. */
export interface ResealScheduleOptions extends Choice {
  readonly dryRun: boolean;
}

/** What came of a schedule. */
export interface ScheduleOutcome {
  readonly result: 'resealed' | 'to be resealed' | 'nothing to do' | 'gone' | 'failed';
  /** What was sealed anew, or would be. */
  readonly payloads: readonly {
    readonly field: string;
    readonly from: readonly string[];
    readonly to: readonly string[];
  }[];
  /** What stays as it is though it was asked for. */
  readonly left: readonly LeftPayload[];
  /** Why it failed. */
  readonly because?: string;
}

/** A payload that stays as it is though it was asked for. */
export interface LeftPayload {
  readonly field: string;
  /** The keys that it names. */
  readonly names: readonly string[];
  readonly because: string;
}

const MOST_ATTEMPTS = 5;

/** Milliseconds before each look at whether an update has been done, which Temporal does after its answer. */
const LOOKS_MS = [0, 50, 100, 200, 400, 800, 1_600, 3_200, 6_400];

/** gRPC's NOT_FOUND, FAILED_PRECONDITION, ABORTED. */
const NOT_FOUND = 5;
const REFUSED: ReadonlySet<number> = new Set([9, 10]);

const NO_MEMO_UPDATE =
  "this server cannot change a schedule's own memo: delete the schedule and create it anew, or leave the key where it decrypts";

/**
 * Seals the payloads of a schedule anew, as one update that holds only where nobody has changed the schedule
 * meanwhile, and reads it back. Everything else of it stays.
 *
 * @throws ConfigurationError or TemporalFault when Temporal does not answer as it should; what sealing throws
 */
export async function resealSchedule(
  service: ScheduleService,
  sealer: Sealer,
  scheduleId: string,
  options: ResealScheduleOptions,
): Promise<ScheduleOutcome> {
  let changesMemo = true;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const described = await service.describe(scheduleId);
    if (described === undefined) return { result: 'gone', payloads: [], left: [] };
    const { changes, left } = await prepare(described, service.namespace, sealer, options, changesMemo);
    const payloads = changes.map(({ field, names: from, resealed: { names: to } }) => ({ field, from, to }));
    if (changes.length === 0) return { result: 'nothing to do', payloads, left };
    const failed = (because: string): ScheduleOutcome => ({ result: 'failed', payloads: [], left, because });
    if (described.unknown.length > 0) {
      return failed(
        `it has fields that this version of @temporalio/proto does not know and an update would lose (${described.unknown.slice(0, 5).join(', ')}): update it`,
      );
    }
    if (options.dryRun) return { result: 'to be resealed', payloads, left };
    for (const change of changes) replace(change, change.resealed.sealed);
    const withMemo = changes.some(({ isOwnMemo }) => isOwnMemo);
    const { status, said } = await service.update(
      scheduleId,
      described,
      withMemo ? described.memo : undefined,
    );
    if (REFUSED.has(status)) {
      if (withMemo) changesMemo = false;
      continue;
    }
    if (status !== 0) {
      return status === NOT_FOUND
        ? { result: 'gone', payloads: [], left }
        : failed(`Temporal answers the update with gRPC status ${String(status)}, ${said.slice(0, 300)}`);
    }
    const stored = await readBack(service, sealer, scheduleId, described, changes);
    if (stored === 'done') return { result: 'resealed', payloads, left };
    if (stored === 'memo kept') changesMemo = false;
    else if (stored !== 'changed by another') return failed(stored);
  }
  return {
    result: 'failed',
    payloads: [],
    left: [],
    because: `others changed it each of ${String(MOST_ATTEMPTS)} times: run it again`,
  };
}

interface Change extends SchedulePayload {
  readonly resealed: Resealed;
}

async function prepare(
  described: DescribedSchedule,
  namespace: string,
  sealer: Sealer,
  options: ResealScheduleOptions,
  changesMemo: boolean,
): Promise<{ readonly changes: readonly Change[]; readonly left: readonly LeftPayload[] }> {
  const changes: Change[] = [];
  const left: LeftPayload[] = [];
  for (const found of await payloadsOf(described, namespace, sealer, options)) {
    const { field, names, fate, isOwnMemo, payload, context } = found;
    const leave = (because: string): void => void left.push({ field, names, because });
    if (fate === 'foreign') leave('it is encrypted by another codec, or cannot be read');
    if (fate !== 'reseal') continue;
    if (isOwnMemo && !changesMemo) {
      leave(NO_MEMO_UPDATE);
      continue;
    }
    try {
      changes.push({ ...found, resealed: await sealer.reseal(payload, context) });
    } catch (error) {
      leave(error instanceof Error ? error.message : String(error));
    }
  }
  return { changes, left };
}

/** Looks at what is stored until the update has been done, and opens it. */
async function readBack(
  service: ScheduleService,
  sealer: Sealer,
  scheduleId: string,
  before: DescribedSchedule,
  changes: readonly Change[],
): Promise<'done' | 'memo kept' | 'changed by another' | 'Temporal took the update and does not show it'> {
  for (const ms of LOOKS_MS) {
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
    const now = await service.describe(scheduleId);
    if (now === undefined) return 'changed by another';
    if (Buffer.compare(now.conflictToken, before.conflictToken) === 0) continue;
    const kept = await Promise.all(changes.map((change) => isStored(now, sealer, change)));
    if (kept.every(Boolean)) return 'done';
    const isOfMemo = changes.every(({ isOwnMemo }, index) => kept[index] === true || isOwnMemo);
    return isOfMemo ? 'memo kept' : 'changed by another';
  }
  return 'Temporal took the update and does not show it';
}

async function isStored(
  now: DescribedSchedule,
  sealer: Sealer,
  { field, context, resealed }: Change,
): Promise<boolean> {
  const stored = payloadAt(now, field);
  if (stored === undefined || !isSamePayload(stored, resealed.sealed)) return false;
  return isSamePayload(await sealer.open(stored, context), resealed.opened);
}
