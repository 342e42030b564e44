import type { Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import type { Stage } from './stage';

/** One workflow, as the server lists it. */
export interface Execution {
  readonly workflowId: string;
  readonly runId: string;
  /** `RUNNING`, `COMPLETED`, `FAILED` and so on. */
  readonly status: string;
  /** When it closed, in milliseconds since 1970; `undefined` while it is open. */
  readonly closedAtMs: number | undefined;
}

const { WorkflowExecutionStatus } = temporal.api.enums.v1;

/** Lists the workflows of a task queue, children too, without decoding anything. */
export async function executions(
  { workflowService }: Connection,
  namespace: string,
  taskQueue: string,
): Promise<Execution[]> {
  const found: Execution[] = [];
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await workflowService.listWorkflowExecutions({
      namespace,
      pageSize: 1000,
      query: `TaskQueue = '${taskQueue}'`,
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    });
    for (const { execution, status, closeTime } of page.executions) {
      found.push({
        workflowId: execution?.workflowId ?? '',
        runId: execution?.runId ?? '',
        status: (WorkflowExecutionStatus[status ?? 0] ?? '').replace('WORKFLOW_EXECUTION_STATUS_', ''),
        closedAtMs: closeTime ? Number(closeTime.seconds) * 1000 + (closeTime.nanos ?? 0) / 1e6 : undefined,
      });
    }
    nextPageToken = page.nextPageToken;
  } while (nextPageToken.length > 0);
  return found;
}

/** Why the last attempt of an activity failed. */
interface PendingFailure {
  readonly type: string;
  /** 0 when the failure does not say. */
  readonly nextRetryDelayMs: number;
}

/** The activities of a workflow that failed and wait for their next attempt. */
export async function pendingFailures(
  { connection, namespace }: Stage,
  workflowId: string,
): Promise<PendingFailure[]> {
  const { pendingActivities } = await connection.workflowService.describeWorkflowExecution({
    namespace,
    execution: { workflowId },
  });
  return pendingActivities.flatMap(({ lastFailure }) => {
    const info = lastFailure?.applicationFailureInfo;
    if (!info) return [];
    const { seconds = 0, nanos = 0 } = info.nextRetryDelay ?? {};
    return [{ type: info.type ?? '', nextRetryDelayMs: Number(seconds) * 1000 + (nanos ?? 0) / 1e6 }];
  });
}
