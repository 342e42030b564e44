import { keyringFromUris, type LoadedConfig } from '@waxseal/config';
import { EXIT } from '../failure/exit-codes';
import { configurationLines, configurationOf, type KeyOptions } from '../configuration';
import { checkKey } from '../doctor/key-checks';
import { type Output, version } from '../output';
import { askProcesses, type AskedProcesses } from './ask-processes';
import { changeOfFile, writeChange, type FileChange } from './config-file-change';
import { diffOf } from './json-edit';
import { fieldChanges, fieldsAfter, fieldsOf, linesOf, notWritable } from './key-fields';
import { decide, isHeld, stageOf, type ProcessReport, type Stage } from './rotation';
import { rotationKeys, type RotationKey, type RotationKeys } from './rotation-keys';
import { formatRotation, whatThen, type ReportedChange, type RotationReport } from './rotation-report';
import { missingEvidence, readUsage } from './usage-evidence';
import { withProgress } from '../terminal/progress';

/** What `waxseal keys rotate` takes. */
export interface RotateOptions extends KeyOptions, Omit<AskedProcesses, 'get'> {
  readonly to: string;
  readonly from: string | undefined;
  readonly expectWorkers: number | undefined;
  readonly unchecked: boolean;
  /** Files with reports of usage. */
  readonly usage: readonly string[];
  /** Whether it will do that no report names the old key. */
  readonly allowMissing: boolean;
  readonly write: boolean;
  readonly json: boolean;
  readonly get: AskedProcesses['get'];
  /** Asks a person whether to go on; `undefined` where nobody is asked, since the answer is yes. */
  readonly confirm: (() => Promise<boolean>) | undefined;
}

/**
 * Goes one stage of a rotation: checks that it is safe, and prints or writes the change of the configuration.
 * Sets the exit code of the process: 1 when it is refused.
 *
 * @throws UsageError, ConfigurationError
 */
export async function rotate(stage: Stage, options: RotateOptions, { line, notice }: Output): Promise<void> {
  const config = await configurationOf(options);
  if (!options.json) for (const text of configurationLines(config)) notice(text);
  try {
    const keys = await rotationKeys(config, stage, options.to, options.from);
    const { report, file } = await withProgress('asking processes and key services', () =>
      prepared(stage, config, keys, options),
    );
    if (!options.json) for (const text of formatRotation(report)) line(text);
    const isGone = file !== undefined && options.write && report.ok;
    const isWritten = isGone && (options.confirm === undefined || (await options.confirm()));
    if (isWritten) writeChange(file);
    const change = report.change && { ...report.change, written: isWritten };
    const final = { ...report, ok: report.ok && isWritten === isGone, change };
    if (options.json) line(JSON.stringify(final, null, 2));
    else {
      if (isGone) line(isWritten ? `Written to ${file.path}.` : 'Nothing was written.');
      if (final.ok) for (const text of final.then) line(text);
    }
    if (!final.ok) process.exitCode = EXIT.failed;
  } finally {
    config.codec.close();
  }
}

/** What a stage comes to, before anything is written. */
interface Prepared {
  readonly report: RotationReport;
  readonly file: FileChange | undefined;
}

async function prepared(
  stage: Stage,
  config: LoadedConfig,
  keys: RotationKeys,
  options: RotateOptions,
): Promise<Prepared> {
  const { next, previous } = keys;
  const isToBeTried = (stage === 'add' && !isHeld(next.role)) || stage === 'promote';
  const [processes, tried, evidence] = await Promise.all([
    askProcesses(options, next.id, previous?.id),
    isToBeTried ? tryKey(next) : NOT_TRIED,
    stage === 'retire' && isHeld(previous?.role) ? evidenceOf(previous, options) : [],
  ]);
  const decision = decide(stage, {
    ...options,
    next: next.role,
    previous: previous?.role,
    processes,
    byPrometheus: options.prometheus !== undefined,
    faults: tried.faults,
    evidence,
  });
  const isGoing = decision.refusals.length === 0 && decision.isChange;
  const changed = isGoing ? await changeOf(stage, config, keys, options.write) : NO_CHANGE;
  const unknown = stage === 'status' ? processes.some(({ next: holding }) => holding === 'unknown') : false;
  const refusals = [...decision.refusals, ...changed.refusals];
  const report: RotationReport = {
    ok: refusals.length === 0 && !unknown,
    version: version(),
    stage,
    time: new Date().toISOString(),
    next: { id: next.id, role: next.role },
    previous: previous === undefined ? null : { id: previous.id, role: previous.role },
    processes: processes.map(reported),
    refusals,
    warnings: [...tried.warnings, ...decision.warnings],
    change: changed.change,
    then: changed.change === null ? [] : whatThen(stage, next.uri ?? next.id, previous?.uri ?? previous?.id),
  };
  return { report, file: changed.file };
}

function reported(process: ProcessReport): RotationReport['processes'][number] {
  const { kind, name, next, previous = null, because = null } = process;
  return { kind, name, next, previous, stage: stageOf(process), because };
}

/** What came of trying a key: a clause each. */
interface Tried {
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

const NOT_TRIED: Tried = { faults: [], warnings: [] };

/** Tries a key as `waxseal doctor` does. A caller that may not wrap is no fault of the key. */
async function tryKey({ id, key, limits }: RotationKey): Promise<Tried> {
  if (key === undefined) return NOT_TRIED;
  const entry = { key, role: 'decryptOnly' as const, ...(limits && { limits }) };
  const { checks, wrapMs } = await checkKey(entry, []);
  const faults = checks.filter(({ status }) => status === 'fail').map(({ detail }) => detail);
  const untried = `whoever runs this may not wrap under ${id}, so that was not tried: run "waxseal doctor" as a worker`;
  return { faults, warnings: wrapMs === undefined && faults.length === 0 ? [untried] : [] };
}

async function evidenceOf(
  previous: RotationKey | undefined,
  { usage, allowMissing }: RotateOptions,
): Promise<readonly string[]> {
  if (previous === undefined) return [];
  if (usage.length === 0) return ['give the report of "waxseal keys usage --json" with --usage <file>'];
  const reports = await Promise.all(usage.map(readUsage));
  return missingEvidence(reports, previous.key ?? { id: previous.id }, new Date(), allowMissing);
}

/** A change, or why it cannot be made. */
interface Changed {
  readonly change: ReportedChange | null;
  readonly file: FileChange | undefined;
  readonly refusals: readonly string[];
}

const NO_CHANGE: Changed = { change: null, file: undefined, refusals: [] };

async function changeOf(
  stage: Stage,
  { named, source }: LoadedConfig,
  { next, previous }: RotationKeys,
  isToBeWritten: boolean,
): Promise<Changed> {
  if (named === undefined || next.uri === undefined) {
    const lines = inCode(stage, next.id, previous?.id);
    const refusals = isToBeWritten ? ['--write cannot change keys that are made in code.'] : [];
    return { ...NO_CHANGE, change: { file: source ?? null, written: false, lines, diff: [] }, refusals };
  }
  const before = fieldsOf(named);
  const after = fieldsAfter(stage, before, next.uri, previous?.uri);
  // What is to be set must load.
  await keyringFromUris(after, process.env, named);
  const changes = fieldChanges(named, source, before, after);
  const why = notWritable(source, changes);
  const file = why === undefined && source !== undefined ? changeOfFile(source, changes) : undefined;
  const isOfFile = changes.every(({ place }) => place === 'file');
  return {
    change: {
      file: isOfFile ? (source ?? null) : null,
      written: false,
      lines: linesOf(changes),
      diff: file === undefined ? [] : diffOf(file),
    },
    file,
    refusals: isToBeWritten && why !== undefined ? [`--write cannot make the change: ${why}.`] : [],
  };
}

function inCode(stage: Stage, next: string, previous: string | undefined): readonly string[] {
  if (stage === 'add') return [`decryptOnly: add ${next}`];
  if (stage === 'retire') return [`decryptOnly: take out ${String(previous)}`];
  return [`primary: ${next}`, `decryptOnly: take out ${next}, and add ${String(previous)}`];
}
