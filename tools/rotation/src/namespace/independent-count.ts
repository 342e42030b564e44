import type { Client } from '@temporalio/client';

/** What a namespace holds, counted without a line of the scanner. */
export interface IndependentCount {
  /** Payloads by key ID, and by `clear <encoding>`. */
  readonly payloads: Readonly<Record<string, number>>;
  /** Open and closed executions that hold such a payload: `<key> open`, `<key> closed`. */
  readonly executions: Readonly<Record<string, number>>;
  /** When the last that hold one closed, in milliseconds. */
  readonly lastClose: Readonly<Record<string, number>>;
  readonly open: number;
  readonly closed: number;
  readonly schedules: number;
}

/** Reads everything through the SDK's own gRPC client, and looks for whatever is shaped like a payload. */
export async function countIndependently(client: Client): Promise<IndependentCount> {
  const { namespace } = client.options;
  const service = client.workflowService;
  const payloads: Record<string, number> = {};
  const executions: Record<string, number> = {};
  const lastClose: Record<string, number> = {};
  const count = { open: 0, closed: 0, schedules: 0 };
  const tally = (found: Map<string, number>): void => {
    for (const [name, number] of found) payloads[name] = (payloads[name] ?? 0) + number;
  };
  for await (const { workflowId, runId } of listed(client)) {
    const execution = { workflowId, runId };
    const described = await service.describeWorkflowExecution({ namespace, execution });
    const found = new Map<string, number>();
    const { workflowExecutionInfo, pendingActivities } = described;
    look({ memo: workflowExecutionInfo?.memo, pendingActivities }, found);
    let nextPageToken: Uint8Array | undefined;
    do {
      const page: Awaited<ReturnType<typeof service.getWorkflowExecutionHistory>> =
        await service.getWorkflowExecutionHistory({
          namespace,
          execution,
          ...(nextPageToken && { nextPageToken }),
        });
      look(page.history, found);
      ({ nextPageToken } = page);
    } while (nextPageToken.length > 0);
    tally(found);
    const closeTime = workflowExecutionInfo?.closeTime;
    const state = closeTime == null ? 'open' : 'closed';
    count[state] += 1;
    for (const name of found.keys()) {
      const key = `${name} ${state}`;
      executions[key] = (executions[key] ?? 0) + 1;
      if (closeTime == null) continue;
      const ms = Math.floor(Number(closeTime.seconds) * 1000 + (closeTime.nanos ?? 0) / 1e6);
      lastClose[name] = Math.max(lastClose[name] ?? 0, ms);
    }
  }
  const { schedules } = await service.listSchedules({ namespace });
  for (const { scheduleId } of schedules) {
    const described = await service.describeSchedule({ namespace, scheduleId: scheduleId ?? '' });
    const found = new Map<string, number>();
    look({ schedule: described.schedule, memo: described.memo }, found);
    tally(found);
    count.schedules += 1;
  }
  const { executions: activities } = await service.listActivityExecutions({ namespace });
  for (const { activityId, runId } of activities) {
    const described = await service.describeActivityExecution({
      namespace,
      activityId: activityId ?? '',
      runId: runId ?? '',
      includeInput: true,
      includeOutcome: true,
      includeHeartbeatDetails: true,
    });
    const found = new Map<string, number>();
    look(described, found);
    tally(found);
  }
  return { payloads, executions, lastClose, ...count };
}

interface Execution {
  readonly workflowId: string;
  readonly runId: string;
}

async function* listed(client: Client): AsyncIterable<Execution> {
  const { namespace } = client.options;
  let nextPageToken: Uint8Array | undefined;
  do {
    const page: Awaited<ReturnType<typeof client.workflowService.listWorkflowExecutions>> =
      await client.workflowService.listWorkflowExecutions({
        namespace,
        ...(nextPageToken && { nextPageToken }),
      });
    for (const { execution } of page.executions) {
      yield { workflowId: execution?.workflowId ?? '', runId: execution?.runId ?? '' };
    }
    ({ nextPageToken } = page);
  } while (nextPageToken.length > 0);
}

/** Temporal has these in clear, whatever codec there is. */
const PASSED_OVER: ReadonlySet<string> = new Set([
  'searchAttributes',
  'upsertedSearchAttributes',
  'indexedFields',
  'header',
]);

function look(value: unknown, found: Map<string, number>): void {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  if ('metadata' in value && 'data' in value && value.data instanceof Uint8Array) {
    const metadata = value.metadata as Record<string, Uint8Array>;
    const text = (name: string): string => Buffer.from(metadata[name] ?? []).toString();
    const keyId = text('encryption-key-id');
    const name = keyId === '' ? `clear ${text('encoding')}` : keyId;
    found.set(name, (found.get(name) ?? 0) + 1);
    return;
  }
  for (const [name, each] of Object.entries(value)) if (!PASSED_OVER.has(name)) look(each, found);
}
