import {
  ApplicationFailure,
  condition,
  continueAsNew,
  defineUpdate,
  executeChild,
  proxyActivities,
  setHandler,
  TemporalFailure,
  upsertMemo,
} from '@temporalio/workflow';

import type { MigrationActivities } from './migration-activities';

const { echoes, declines } = proxyActivities<MigrationActivities>({ startToCloseTimeout: '20s' });

/** What a workflow gets to read of what others wrote. */
export interface Report {
  readonly echo: string;
  readonly failures: readonly (readonly (string | null | undefined)[])[];
}

export const proceed = defineUpdate<Report, [string]>('proceed');

/** One execution that others carry on. */
export async function journey(steps: number): Promise<readonly Report[]> {
  const reports: Report[] = [];
  setHandler(proceed, async (text) => {
    const report = await exchange(text);
    upsertMemo({ last: text });
    reports.push(report);
    return report;
  });
  await condition(() => reports.length === steps);
  return reports;
}

/** The same in one go, by two runs. */
export async function trip(text: string, isSecondRun = false): Promise<Report> {
  if (!isSecondRun) await continueAsNew<typeof trip>(text, true);
  return exchange(text);
}

/** Fails with a text. */
export async function fails(text: string): Promise<void> {
  await Promise.resolve();
  throw ApplicationFailure.create({
    message: `failed ${text}`,
    type: 'Failed',
    details: [text],
    nonRetryable: true,
  });
}

async function exchange(text: string): Promise<Report> {
  const [echo, ...failed] = await Promise.all([
    echoes(text),
    declines(text).catch((error: unknown) => error),
    executeChild(fails, { args: [text], memo: { text } }).catch((error: unknown) => error),
  ]);
  return { echo, failures: failed.map((error) => textsOf(error)) };
}

function textsOf(error: unknown): (string | null | undefined)[] {
  if (!(error instanceof Error)) return [];
  const details = error instanceof ApplicationFailure ? [JSON.stringify(error.details)] : [];
  const own =
    error instanceof TemporalFailure && error.cause !== undefined && details.length === 0
      ? []
      : [error.message];
  return [...own, ...details, ...textsOf(error.cause)];
}
