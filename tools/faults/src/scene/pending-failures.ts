import type { Stage } from './stage';

/** Why the last attempt of an activity failed. */
export interface PendingFailure {
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
