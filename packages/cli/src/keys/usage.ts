import { writeFile } from 'node:fs/promises';
import { importOptional } from '@waxseal/config';
import { ConfigurationError } from '@waxseal/core';
import { escapeUnprintable } from '@waxseal/core/internal';
import { UsageError } from '../failure/command-errors';
import type { Output } from '../output';
import { printable } from '../printable';
import { scanFiles } from '../scan/scan-files';
import { scanNamespace } from '../scan/scan-namespace';
import type { Finding } from '../scan/read-usage';
import type { ScanState, StoredState } from '../scan/scan-state';
import { TemporalReader } from '../scan/temporal-reader';
import { Usage } from '../scan/usage';
import { openLastingSession } from '../temporal/lasting-session';
import { readTemporalSettings } from '../temporal/settings';
import { WORKER_PACKAGES } from '../scan-workers/packages';
import { FindingsFile } from './findings-file';
import { StateFile } from './state-file';
import { withStore } from './usage-of-store';
import { usageReport, type Scanned, type UsageReport } from './usage-report';
import { judge } from './usage-exit';
import { usageLines } from './usage-table';
import { Progress, withProgress } from '../terminal/progress';

/** Options of `waxseal keys usage`. */
export interface UsageOptions {
  readonly json?: true;
  readonly findings?: string;
  readonly html?: string;
  readonly state?: string;
  readonly concurrency: number;
  readonly rps: number;
  readonly checkpoint: number;
  readonly onWorkers?: true;
  readonly watch?: true;
  readonly taskQueue: string;
  readonly parallel: number;
  readonly failIfUsed?: readonly string[];
  readonly failOnPlaintext?: true;
  readonly allowEmpty?: true;
  /** Whether the configured store is read too. */
  readonly store?: true;
}

/**
 * Scans, prints a report, and sets the exit code of the process: 3 where something was found, or 1 where not
 * all could be looked at that was asked about.
 *
 * @throws ConfigurationError or TemporalFault when there is nothing to report
 */
export async function usage(files: readonly string[], options: UsageOptions, output: Output): Promise<void> {
  const show = async (scanned: Scanned): Promise<void> => {
    const report = usageReport(options.store === true ? await withStore(scanned) : scanned);
    if (options.html !== undefined) await writePage(options.html, report, output.notice);
    if (options.json === true) output.line(escapeUnprintable(JSON.stringify(report, undefined, 2)));
    else for (const each of usageLines(report)) output.line(each);
    judge(report, options, output.notice);
  };
  const byWorkers = options.onWorkers === true || options.watch === true;
  if (byWorkers && (files.length > 0 || options.state !== undefined || options.findings !== undefined)) {
    throw new UsageError('--on-workers and --watch take no files, no --state and no --findings.');
  }
  if (byWorkers) await show(await ofWorkers(options, output.notice));
  else if (files.length === 0) await ofNamespace(options, output.notice, show);
  else await show(await ofFiles(files, options));
}

/** @throws ConfigurationError when it cannot be written */
async function writePage(path: string, report: UsageReport, notice: Output['notice']): Promise<void> {
  const { usagePage } = await import('./usage-page.js');
  try {
    await writeFile(path, usagePage(report), { mode: 0o600 });
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new ConfigurationError(`--html: ${path} cannot be written (${code}).`, { cause });
  }
  notice(`The report is in ${path}.`);
}

async function ofFiles(files: readonly string[], { findings: path, state }: UsageOptions): Promise<Scanned> {
  if (state !== undefined) {
    throw new UsageError('--state is for a namespace: files are read as a whole.');
  }
  const findings = path === undefined ? undefined : new FindingsFile(path, 0);
  const asOfMs = Date.now();
  try {
    let payloads = 0;
    const onPayload = (): void => {
      payloads += 1;
    };
    const write =
      findings &&
      ((found: readonly Finding[]): void => {
        findings.write(found);
      });
    const scanned = await withProgress(
      'payloads',
      () => scanFiles(files, write, onPayload),
      () => ({ done: payloads }),
    );
    return {
      ...scanned,
      source: `Histories in ${files.map((file) => (file === '-' ? 'standard input' : file)).join(', ')}`,
      asOfMs,
      endedMs: Date.now(),
      read: scanned.usage.holders.files ?? 0,
      gone: 0,
      blindSpots: FILES_BLIND_SPOTS,
    };
  } finally {
    findings?.close();
  }
}

const FILES_BLIND_SPOTS: readonly string[] = [
  'Everything that is not in these files: schedules, memos, pending work, other executions. Scan the namespace too.',
];

async function ofNamespace(
  options: UsageOptions,
  notice: Output['notice'],
  show: (scanned: Scanned) => Promise<void>,
): Promise<void> {
  const { concurrency, rps, checkpoint: mostInSlice } = options;
  const settings = readTemporalSettings(process.env);
  const state =
    options.state === undefined
      ? undefined
      : await StateFile.open<StoredState>(options.state, { version: 2 });
  const session = await openLastingSession(settings).catch(async (error: unknown) => {
    await state?.close();
    throw error;
  });
  const progress = new Progress('executions');
  const open: { findings?: FindingsFile } = {};
  try {
    const reader = new TemporalReader(session, settings.namespace, rps);
    const stored = await state?.read();
    const { findings: path } = options;
    const scan = await scanNamespace(reader, {
      concurrency,
      mostInSlice,
      ...(stored && { stored }),
      onBegin: (begun) => {
        for (const text of beginLines(begun, path)) notice(text);
        if (path !== undefined) open.findings = new FindingsFile(path, begun.findingsBytes);
      },
      ...(state && { keep: (current, hasEnded) => keepState(state, current, hasEnded, open.findings) }),
      ...(path !== undefined && {
        onFindings: (found: readonly Finding[]) => open.findings?.write(found),
      }),
      onProgress: (now) => {
        progress.show({ done: now.executions, total: now.total });
      },
    });
    const { namespace, address } = settings;
    progress.end();
    await show({
      ...scan,
      source: `Namespace ${printable(namespace)} at ${address}`,
      namespace,
      endedMs: Date.now(),
      blindSpots: scan.isIncremental ? [...scan.blindSpots, INCREMENTAL] : scan.blindSpots,
    });
    await scan.end();
  } finally {
    progress.end();
    open.findings?.close();
    session.close();
    await state?.close();
  }
}

/** What a person is to know of what an earlier run has left. */
function beginLines({ isOfAnother, isResumed, done, findingsBytes }: ScanState, path?: string): string[] {
  return [
    ...(isOfAnother ? ['--state: what is kept there is of another namespace: this scan begins anew.'] : []),
    ...(isResumed ? ['A scan that was interrupted goes on.'] : []),
    ...(path !== undefined && done > 0 && findingsBytes === 0
      ? ['--findings: what the interrupted scan read without it is not in the file.']
      : []),
  ];
}

async function ofWorkers(options: UsageOptions, notice: Output['notice']): Promise<Scanned> {
  const { namespace, address } = readTemporalSettings(process.env);
  const { scanByWorkers } = await importOptional(
    'A scan by Workers',
    WORKER_PACKAGES,
    () => import('../scan-workers/scan-client.js'),
  );
  const { taskQueue, parallel, checkpoint: mostInSlice } = options;
  const progress = new Progress('executions');
  try {
    const { plan, usage, executions, gone, leftOut } = await scanByWorkers({
      namespace,
      taskQueue,
      ...(options.onWorkers === true && { start: { parallel, mostInSlice } }),
      onProgress: (now) => {
        progress.show({ done: now.executions, total: now.total });
      },
      notice,
    });
    return {
      source: `Namespace ${printable(namespace)} at ${address}`,
      namespace,
      asOfMs: plan.asOfMs,
      endedMs: Date.now(),
      retentionMs: plan.retentionMs,
      read: executions,
      gone,
      leftOut: [...((plan as Partial<typeof plan>).leftOut ?? [OLDER_WORKERS]), ...leftOut],
      blindSpots: [...plan.blindSpots, BY_WORKERS],
      usage: Usage.fromJSON(usage),
    };
  } finally {
    progress.end();
  }
}

const OLDER_WORKERS =
  'What the server does not answer was not told: Workers of an older release have begun the scan. Update them, and scan again';

const BY_WORKERS =
  'What was done by whoever else may poll the task queue, or write to the namespace: the counts are theirs. Before a key is switched off, scan once without --on-workers.';

const INCREMENTAL =
  'What had closed before the last scan was not read again (--state): before a key is switched off, scan once without it.';

async function keepState(
  file: StateFile<StoredState>,
  state: ScanState,
  hasEnded: boolean,
  findings: FindingsFile | undefined,
): Promise<void> {
  state.findingsBytes = findings?.bytes ?? 0;
  await file.write(() => state.toStored(hasEnded), hasEnded);
}
