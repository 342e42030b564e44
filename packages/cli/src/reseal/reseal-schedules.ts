import { ConfigurationError } from '@waxseal/core';
import { EXIT } from '../failure/exit-codes';
import { configurationLines, configurationOf, type KeyOptions } from '../configuration';
import type { Output } from '../output';
import { TemporalReader } from '../scan/temporal-reader';
import { openLastingSession } from '../temporal/lasting-session';
import { readTemporalSettings } from '../temporal/settings';
import { RecordFile } from './record-file';
import { resealSchedule, type ScheduleOutcome } from './reseal-schedule';
import { isLeft, scheduleLines, schedulesReport, type NamedOutcome } from './schedules-report';
import { ScheduleService } from './schedule-service';
import { Sealer } from './sealer';
import { Progress } from '../terminal/progress';

/** Options of `waxseal keys reseal schedules`. */
export interface ResealSchedulesOptions extends KeyOptions {
  readonly from?: string;
  readonly schedule?: readonly string[];
  readonly plaintext?: true;
  readonly dryRun?: true;
  readonly record?: string;
  readonly rps: number;
  readonly json?: true;
  /** Asks a person whether to go on; `undefined` where nobody is asked. */
  readonly confirm?: (question: string) => Promise<boolean>;
}

/**
 * Seals the payloads of schedules anew, prints what came of it, and sets the exit code of the process: 1
 * where something is left or failed.
 *
 * @throws ConfigurationError or TemporalFault
 */
export async function resealSchedules(
  options: ResealSchedulesOptions,
  { line, notice }: Output,
): Promise<void> {
  const settings = readTemporalSettings(process.env);
  const { namespace } = settings;
  const config = await configurationOf(options);
  if (options.json !== true) for (const text of configurationLines(config)) notice(text);
  let record: RecordFile | undefined;
  const progress = new Progress('schedules');
  const session = await openLastingSession(settings).catch((error: unknown) => {
    config.codec.close();
    throw error;
  });
  try {
    const sealer = new Sealer(config);
    const { from, plaintext = false, dryRun = false } = options;
    await sealer.assertNotInUse(from, { type: 'workflow', namespace, workflowId: '' });
    const service = new ScheduleService(new TemporalReader(session, namespace, options.rps), session);
    const ids = options.schedule ?? (await service.ids());
    const question = `Look through ${String(ids.length)} schedules of ${namespace}, and update those that are to be sealed anew?`;
    if (!dryRun && options.confirm !== undefined && !(await options.confirm(question))) {
      notice('Nothing was changed.');
      process.exitCode = EXIT.failed;
      return;
    }
    if (options.record !== undefined && !dryRun) record = new RecordFile(options.record);
    const outcomes: NamedOutcome[] = [];
    for (const scheduleId of ids) {
      const found = await outcomeOf(service, sealer, scheduleId, { from, plaintext, dryRun });
      const isMissed = found.result === 'gone' && options.schedule !== undefined;
      const outcome = isMissed ? { ...found, result: 'failed' as const, because: 'it is not there' } : found;
      outcomes.push({ scheduleId, ...outcome });
      if (outcome.result !== 'nothing to do' || outcome.left.length > 0) {
        record?.write({ command: 'reseal schedules', namespace, scheduleId, ...outcome });
      }
      progress.show({ done: outcomes.length, total: ids.length });
    }
    progress.end();
    const report = schedulesReport(namespace, dryRun, outcomes);
    if (options.json === true) line(JSON.stringify(report, undefined, 2));
    else for (const text of scheduleLines(report)) line(text);
    if (outcomes.some(isLeft)) process.exitCode = EXIT.failed;
  } finally {
    progress.end();
    record?.close();
    session.close();
    config.codec.close();
  }
}

/** What is wrong with one schedule does not hold up the others; what is wrong with all of them does. */
async function outcomeOf(
  ...[service, sealer, id, options]: Parameters<typeof resealSchedule>
): Promise<ScheduleOutcome> {
  try {
    return await resealSchedule(service, sealer, id, options);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { result: 'failed', payloads: [], left: [], because: error.message };
  }
}
