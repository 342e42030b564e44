import { describeNamespace, scanStanding } from '../scan/namespace';
import type { Finding } from '../scan/read-usage';
import type { ScanProgress } from '../scan/scan-namespace';
import { scanSlice } from '../scan/scan-slice';
import { countOf } from '../scan/slices';
import { notReadLines, TemporalReader } from '../scan/temporal-reader';
import type { Holder } from '../scan/use';
import { openLastingSession } from '../temporal/lasting-session';
import { readTemporalSettings } from '../temporal/settings';

/** What holds payloads of subjects: an open execution, or a schedule. */
export interface SubjectHolder extends Pick<Holder, 'kind' | 'id' | 'runId' | 'type'> {
  readonly namespace: string;
  /** Key IDs of the subjects. */
  readonly keyIds: readonly string[];
  /** How many payloads, by what they are to it. */
  readonly payloads: Readonly<Record<string, number>>;
}

/** What was found in namespaces. */
export interface FoundHolders {
  /** Those that are named. */
  readonly holders: readonly SubjectHolder[];
  /** How many there are. */
  readonly count: number;
  /** What was not looked at, and why. Empty where all was. */
  readonly leftOut: readonly string[];
}

/** How it is looked for them. */
export interface HoldersOptions {
  /** Namespaces of Temporal; by default the one that is configured. */
  readonly namespaces: readonly string[] | undefined;
  readonly concurrency: number;
  /** Requests a second. */
  readonly rps: number;
  /** Most holders that are named. */
  readonly limit: number;
  readonly onProgress: (progress: ScanProgress) => void;
}

const OPEN = 'CloseTime IS NULL';

/** Formats of payloads of which it is not told whose they are. */
const NOT_TOLD: ReadonlySet<string> = new Set(['elsewhere', 'unseen', 'malformed']);

/**
 * Looks for what is open or scheduled and holds payloads of subjects.
 *
 * @throws ConfigurationError or TemporalFault when Temporal does not answer as it should
 */
export async function findHolders(
  keyIds: ReadonlySet<string>,
  options: HoldersOptions,
): Promise<FoundHolders> {
  const settings = readTemporalSettings(process.env);
  const session = await openLastingSession(settings);
  const found = new Found(keyIds, options.limit);
  try {
    for (const namespace of options.namespaces ?? [settings.namespace]) {
      await lookAt(new TemporalReader(session, namespace, options.rps), found, options);
    }
    return found;
  } finally {
    session.close();
  }
}

async function lookAt(
  reader: TemporalReader,
  found: Found,
  { concurrency, onProgress }: HoldersOptions,
): Promise<void> {
  const { namespace } = reader;
  const { known, leftOut } = await describeNamespace(reader);
  const onFindings = (findings: readonly Finding[]): void => {
    found.add(namespace, findings);
  };
  let total = 0;
  for (const listed of known.listed) total += await countOf(reader, listed, OPEN);
  let before = 0;
  let notRead = 0;
  for (const listed of known.listed) {
    const { executions, open, closed } = await scanSlice(
      reader,
      { listed, set: 'open', query: OPEN, count: 0 },
      {
        asOfMs: Date.now(),
        concurrency,
        onExecution: (read) => {
          onProgress({ executions: before + read, total: Math.max(total, before + read) });
        },
        onFindings,
      },
    );
    before += executions;
    for (const usage of [open, ...Object.values(closed)]) notRead += usage.notRead;
  }
  const standing = await scanStanding(reader, known, onFindings);
  notRead += standing.usage.notRead;
  for (const why of [...leftOut, ...standing.leftOut, ...notReadLines(notRead)]) {
    found.leave(`${namespace}: ${why}`);
  }
  found.endOf(namespace);
}

/** Collects what is found. */
class Found implements FoundHolders {
  readonly holders: SubjectHolder[] = [];
  readonly leftOut: string[] = [];
  count = 0;
  #notTold = 0;
  readonly #keyIds: ReadonlySet<string>;
  readonly #limit: number;

  constructor(keyIds: ReadonlySet<string>, limit: number) {
    this.#keyIds = keyIds;
    this.#limit = limit;
  }

  /** @param findings of one holder */
  add(namespace: string, findings: readonly Finding[]): void {
    const [first] = findings;
    // What has closed meanwhile replays no more.
    if (first === undefined || first.holder.closeMs !== undefined) return;
    if (findings.some(({ format }) => NOT_TOLD.has(format))) this.#notTold += 1;
    const mine = findings.filter(({ names }) => names.some((name) => this.#keyIds.has(name)));
    if (mine.length === 0) return;
    this.count += 1;
    if (this.holders.length >= this.#limit) return;
    const keyIds = new Set(mine.flatMap(({ names }) => names.filter((name) => this.#keyIds.has(name))));
    const payloads: Record<string, number> = {};
    for (const { kind } of mine) payloads[kind] = (payloads[kind] ?? 0) + 1;
    const { kind, id, runId, type } = first.holder;
    this.holders.push({
      namespace,
      kind,
      id,
      ...(runId !== undefined && { runId }),
      ...(type !== undefined && { type }),
      keyIds: [...keyIds].sort(),
      payloads,
    });
  }

  leave(why: string): void {
    this.leftOut.push(why);
  }

  endOf(namespace: string): void {
    if (this.#notTold > 0) {
      this.leave(
        `${namespace}: ${String(this.#notTold)} open executions or schedules have payloads that do not tell whose they are: kept elsewhere, as by tokens or external storage, or in an encoding that is not known`,
      );
    }
    this.#notTold = 0;
  }
}
