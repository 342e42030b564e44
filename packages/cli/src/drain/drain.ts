import { escapeUnprintable } from '@waxseal/core/internal';
import { EXIT } from '../failure/exit-codes';
import { configurationOf, type KeyOptions } from '../configuration';
import type { Output } from '../output';
import { RecordFile } from '../reseal/record-file';
import type { ScanProgress } from '../scan/scan-namespace';
import { TemporalReader } from '../scan/temporal-reader';
import type { TemporalSession } from '../temporal/grpc-session';
import { openLastingSession } from '../temporal/lasting-session';
import { readTemporalSettings } from '../temporal/settings';
import { drainLines } from './drain-table';
import { heldExecutions, type HeldExecution } from './held-executions';
import { readSignals, signalOnce, type DrainedExecution, type Nudge } from './signals';
import { Progress } from '../terminal/progress';

/** Options of `waxseal keys drain`. */
export interface DrainOptions extends KeyOptions {
  readonly from: string;
  readonly query?: string;
  readonly limit: number;
  readonly concurrency: number;
  readonly rps: number;
  readonly json?: true;
  readonly ndjson?: true;
  readonly dryRun?: true;
  readonly signal?: string;
  readonly input?: string;
  /** Given where `signal` is. */
  readonly record?: string;
  readonly signalsPerSecond: number;
  /** Asks a person whether to go on; `undefined` where nobody is asked. */
  readonly confirm?: (question: string) => Promise<boolean>;
}

/**
 * Lists the open executions that need a key, and signals them where that is asked for. Sets the exit code of
 * the process: 1 where some are left that were not signalled, or not all could be looked at.
 *
 * @throws ConfigurationError or TemporalFault
 */
export async function drain(options: DrainOptions, { line, notice }: Output): Promise<void> {
  const { from, query, limit, concurrency, signal } = options;
  const settings = readTemporalSettings(process.env);
  const { namespace } = settings;
  const session = await openLastingSession(settings);
  const progress = new Progress('executions');
  try {
    const reader = new TemporalReader(session, namespace, options.rps);
    const onProgress = (now: ScanProgress): void => {
      progress.show({ done: now.executions, total: now.total });
    };
    const { held, leftOut } = await heldExecutions(reader, { from, query, concurrency, limit, onProgress });
    progress.end();
    const drained = signal === undefined ? held : await nudge(session, namespace, held, signal, options);
    print({ executions: drained, leftOut }, options, line);
    for (const why of leftOut) notice(`Not looked at: ${why}`);
    if (leftOut.length > 0 || drained.some((each) => !isSignalled(each))) process.exitCode = EXIT.failed;
  } finally {
    progress.end();
    session.close();
  }
}

function isSignalled({ signal }: DrainedExecution): boolean {
  return signal !== undefined && signal !== 'failed' && signal !== 'to be signalled';
}

async function nudge(
  session: TemporalSession,
  namespace: string,
  held: readonly HeldExecution[],
  signal: string,
  options: DrainOptions,
): Promise<readonly DrainedExecution[]> {
  const path = options.record ?? '';
  const known = readSignals(path, namespace, signal);
  const isWorkflow = ({ kind }: HeldExecution): boolean => kind === 'open executions';
  const toDo = new Set(held.filter((each) => isWorkflow(each) && !known.done.has(each.runId)));
  const planned = (each: HeldExecution): DrainedExecution => {
    if (known.done.has(each.runId)) return { ...each, signal: 'signalled before' };
    return isWorkflow(each) ? { ...each, signal: 'to be signalled' } : each;
  };
  const isToGo =
    options.dryRun !== true &&
    toDo.size > 0 &&
    (options.confirm === undefined ||
      (await options.confirm(`Signal ${String(toDo.size)} workflows of ${namespace}?`)));
  if (!isToGo) return held.map(planned);
  const config = options.input === undefined ? undefined : await configurationOf(options);
  const record = new RecordFile(path);
  const progress = new Progress('signals');
  const drained: DrainedExecution[] = [];
  try {
    const input: Nudge['input'] = async (workflowId) => {
      if (config === undefined) return [];
      let payloads = [{ metadata: JSON_PLAIN, data: Buffer.from(options.input ?? '') }] as Parameters<
        typeof config.codec.encode
      >[0];
      const context = { type: 'workflow', namespace, workflowId } as const;
      for (const codec of config.codecs) payloads = await codec.encode(payloads, context);
      return payloads;
    };
    let sent = 0;
    for (const each of held) {
      if (!toDo.has(each)) {
        drained.push(planned(each));
        continue;
      }
      if (sent > 0) await new Promise((resolve) => setTimeout(resolve, 1000 / options.signalsPerSecond));
      drained.push({
        ...each,
        signal: await signalOnce(session, { namespace, signal, input }, each, known, record),
      });
      sent += 1;
      progress.show({ done: sent, total: toDo.size });
    }
    return drained;
  } finally {
    progress.end();
    record.close();
    config?.codec.close();
  }
}

/** What was done, and what was not looked at. */
interface Drained {
  readonly executions: readonly DrainedExecution[];
  readonly leftOut: readonly string[];
}

const JSON_PLAIN = { encoding: Buffer.from('json/plain') };

function print(
  { executions: drained, leftOut }: Drained,
  { json, ndjson, from }: DrainOptions,
  line: Output['line'],
): void {
  const rows = drained.map(({ startMs, ...each }) => ({ ...each, start: new Date(startMs).toISOString() }));
  if (ndjson === true) for (const row of rows) line(escapeUnprintable(JSON.stringify(row)));
  else if (json === true) {
    const report = { from, complete: leftOut.length === 0, leftOut, executions: rows };
    line(escapeUnprintable(JSON.stringify(report, undefined, 2)));
  } else for (const text of drainLines(drained, from, Date.now())) line(text);
}
