import { ConfigurationError } from '@waxseal/core';
import { escapeUnprintable } from '@waxseal/core/internal';
import type { Output } from '../output';
import { printable } from '../printable';
import { scanFiles } from '../scan/scan-files';
import { scanNamespace } from '../scan/scan-namespace';
import type { Finding } from '../scan/scan-slice';
import type { ScanState } from '../scan/scan-state';
import { TemporalReader } from '../scan/temporal-reader';
import { openLastingSession } from '../temporal/lasting-session';
import { readTemporalSettings } from '../temporal/settings';
import { FindingsFile } from './findings-file';
import { Progress } from './progress';
import { StateFile } from './state-file';
import { usageReport, type Scanned, type UsageReport } from './usage-report';
import { usageLines } from './usage-table';

/** Options of `waxseal keys usage`. */
export interface UsageOptions {
  readonly json?: true;
  readonly findings?: string;
  readonly state?: string;
  readonly concurrency: string;
  readonly rps: string;
  readonly failIfUsed?: readonly string[];
  readonly failOnPlaintext?: true;
}

/** The exit code where a key is used, or plaintext was found, that was not to be. */
export const FOUND = 3;

/**
 * Scans, prints a report, and sets the exit code of the process: {@link FOUND}, or 1 where not all could be
 * looked at that was asked about.
 *
 * @throws ConfigurationError or TemporalFault when there is nothing to report
 */
export async function usage(files: readonly string[], options: UsageOptions, output: Output): Promise<void> {
  const { line, notice } = output;
  const scanned = files.length === 0 ? await ofNamespace(options, notice) : await ofFiles(files, options);
  const report = usageReport(scanned);
  if (options.json === true) line(escapeUnprintable(JSON.stringify(report, undefined, 2)));
  else for (const each of usageLines(report)) line(each);
  judge(report, options, notice);
}

async function ofFiles(files: readonly string[], { findings: path, state }: UsageOptions): Promise<Scanned> {
  if (state !== undefined) {
    throw new ConfigurationError('--state is for a namespace: files are read as a whole.');
  }
  const findings = path === undefined ? undefined : new FindingsFile(path, 0);
  const asOfMs = Date.now();
  try {
    const scanned = await scanFiles(
      files,
      findings &&
        ((found) => {
          findings.write(found);
        }),
    );
    return {
      ...scanned,
      source: `Histories in ${files.map((file) => (file === '-' ? 'standard input' : file)).join(', ')}`,
      asOfMs,
      endedMs: Date.now(),
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

async function ofNamespace(options: UsageOptions, notice: Output['notice']): Promise<Scanned> {
  const concurrency = numberOf(options.concurrency, '--concurrency', 1, 100);
  const rps = numberOf(options.rps, '--rps', 0.1, 100_000);
  const settings = readTemporalSettings(process.env);
  const state = options.state === undefined ? undefined : await StateFile.open(options.state);
  const session = await openLastingSession(settings).catch(async (error: unknown) => {
    await state?.close();
    throw error;
  });
  const progress = new Progress(notice);
  let findings: FindingsFile | undefined;
  try {
    const reader = new TemporalReader(session, settings.namespace, rps);
    const stored = await state?.read();
    if (stored?.current !== undefined) notice('A scan that was interrupted goes on.');
    const { findings: path } = options;
    if (path !== undefined) findings = new FindingsFile(path, stored?.current?.findingsBytes ?? 0);
    const write = findings;
    const scan = await scanNamespace(reader, {
      concurrency,
      ...(stored && { stored }),
      ...(state && { keep: (current, hasEnded) => keepState(state, current, hasEnded, write) }),
      ...(write && {
        onFindings: (found: readonly Finding[]) => {
          write.write(found);
        },
      }),
      onProgress: (now) => {
        progress.show(now);
      },
    });
    const { namespace, address } = settings;
    return {
      ...scan,
      source: `Namespace ${printable(namespace)} at ${address}`,
      namespace,
      endedMs: Date.now(),
      blindSpots: scan.isIncremental ? [...scan.blindSpots, INCREMENTAL] : scan.blindSpots,
    };
  } finally {
    progress.end();
    findings?.close();
    session.close();
    await state?.close();
  }
}

const INCREMENTAL =
  'What had closed before the last scan was not read again (--state): before a key is switched off, scan once without it.';

async function keepState(
  file: StateFile,
  state: ScanState,
  hasEnded: boolean,
  findings: FindingsFile | undefined,
): Promise<void> {
  state.findingsBytes = findings?.bytes ?? 0;
  await file.write(() => state.toStored(hasEnded), hasEnded);
}

function judge(report: UsageReport, options: UsageOptions, notice: Output['notice']): void {
  const { failIfUsed = [], failOnPlaintext } = options;
  let exitCode = 0;
  for (const key of failIfUsed) {
    const uses = report.keys.filter(({ id, key: name }) => id === key || name === key);
    if (uses.length === 0) {
      const known = report.keys.map(({ id }) => printable(id)).join(', ');
      notice(`No payload names ${printable(key)}. Keys that are named: ${known === '' ? 'none' : known}.`);
    } else {
      const payloads = uses.reduce((sum, use) => sum + use.payloads, 0);
      notice(`${printable(key)} is used: ${String(payloads)} payloads name it.`);
      exitCode = FOUND;
    }
  }
  const clear = report.plaintext.reduce((sum, { payloads }) => sum + payloads, 0) + report.clearFailures;
  if (failOnPlaintext === true && clear > 0) {
    notice(`${String(clear)} payloads and failures are in clear.`);
    exitCode = FOUND;
  }
  const asks = failIfUsed.length > 0 || failOnPlaintext === true;
  const cannotTell = !report.complete || (failIfUsed.length > 0 && report.elsewhere.length > 0);
  if (exitCode === 0 && asks && cannotTell) {
    notice('Not all could be looked at: see what the report says of it.');
    exitCode = 1;
  }
  if (exitCode !== 0) process.exitCode = exitCode;
}

function numberOf(text: string, option: string, least: number, most: number): number {
  const number = Number(text);
  if (text.trim() === '' || !(number >= least && number <= most)) {
    throw new ConfigurationError(`${option} must be a number from ${String(least)} to ${String(most)}.`);
  }
  return option === '--concurrency' ? Math.floor(number) : number;
}
