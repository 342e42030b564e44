import { temporal } from '@temporalio/proto';
import { readHistory } from './read-history';
import { timeOf, typeOf, type Message, type TypedMessage } from './messages';
import { SCAN_WORKFLOW } from './scan-workflow';
import type { Listed } from './slices';
import type { TemporalReader } from './temporal-reader';
import type { Holder } from './use';

const api = temporal.api.workflowservice.v1;
const LISTED_INFO = typeOf(temporal.api.workflow.v1.WorkflowExecutionInfo);
const EXECUTION = typeOf(api.DescribeWorkflowExecutionResponse);
const ACTIVITY = typeOf(api.DescribeActivityExecutionResponse);
const NEXUS_OPERATION = typeOf(api.DescribeNexusOperationExecutionResponse);

const PAGE = 100;

/** An execution that was listed, and how to read it. */
export interface ListedExecution {
  readonly id: string;
  readonly runId: string;
  /** Whether it says to be a scan by Workers. Anybody may start what says so. */
  readonly isOfScan?: boolean;
  /** Calls `read` with all its messages, page by page. `undefined` where it is gone meanwhile. */
  read(read: (message: TypedMessage) => void): Promise<Holder | undefined>;
}

/** The executions that a query finds, each once. */
export async function* executions(
  reader: TemporalReader,
  listed: Listed,
  query: string,
): AsyncIterable<ListedExecution> {
  const seen = new Set<string>();
  let nextPageToken: Uint8Array = new Uint8Array();
  do {
    const page = await PAGES[listed](reader, {
      namespace: reader.namespace,
      query,
      pageSize: PAGE,
      nextPageToken,
    });
    for (const execution of page.executions) {
      // What closes while pages are read takes another place in their order, and can come twice.
      if (seen.has(execution.runId)) continue;
      seen.add(execution.runId);
      yield execution;
    }
    ({ nextPageToken } = page);
  } while (nextPageToken.length > 0);
}

interface ListRequest {
  readonly namespace: string;
  readonly query: string;
  readonly pageSize: number;
  readonly nextPageToken: Uint8Array;
}

interface Page {
  readonly executions: readonly ListedExecution[];
  readonly nextPageToken: Uint8Array;
}

const PAGES: Readonly<Record<Listed, (reader: TemporalReader, request: ListRequest) => Promise<Page>>> = {
  workflows: async (reader, request) => {
    const { ListWorkflowExecutionsRequest: Q, ListWorkflowExecutionsResponse: A } = api;
    const { executions, nextPageToken } = await reader.demand('ListWorkflowExecutions', Q, request, A);
    return { executions: executions.map((info) => workflow(reader, info)), nextPageToken };
  },
  activities: async (reader, request) => {
    const { ListActivityExecutionsRequest: Q, ListActivityExecutionsResponse: A } = api;
    const { executions, nextPageToken } = await reader.demand('ListActivityExecutions', Q, request, A);
    return { executions: executions.map((info) => activity(reader, info)), nextPageToken };
  },
  nexusOperations: async (reader, request) => {
    const { ListNexusOperationExecutionsRequest: Q, ListNexusOperationExecutionsResponse: A } = api;
    const { operations, nextPageToken } = await reader.demand('ListNexusOperationExecutions', Q, request, A);
    return { executions: operations.map((info) => nexusOperation(reader, info)), nextPageToken };
  },
};

function workflow(
  reader: TemporalReader,
  info: temporal.api.workflow.v1.IWorkflowExecutionInfo,
): ListedExecution {
  const workflowId = info.execution?.workflowId ?? '';
  const runId = info.execution?.runId ?? '';
  const closeMs = timeOf(info.closeTime);
  return {
    id: workflowId,
    runId,
    isOfScan: info.type?.name === SCAN_WORKFLOW.type && workflowId === SCAN_WORKFLOW.id,
    read: async (read) => {
      const known = {
        id: workflowId,
        runId,
        type: info.type?.name ?? '',
        startMs: timeOf(info.startTime) ?? 0,
      };
      // What has closed does not change, and the list has its memo.
      if (closeMs !== undefined) {
        read({ type: LISTED_INFO, message: { memo: info.memo } });
        const length = Number(info.historyLength ?? 0);
        const isThere = await readHistory(reader, workflowId, runId, read, length);
        return isThere ? { ...known, kind: 'closed executions', closeMs } : undefined;
      }
      const described = await reader.ask(
        'DescribeWorkflowExecution',
        api.DescribeWorkflowExecutionRequest,
        { namespace: reader.namespace, execution: { workflowId, runId } },
        api.DescribeWorkflowExecutionResponse,
      );
      if (described === undefined) return undefined;
      const { workflowExecutionInfo, pendingActivities, pendingNexusOperations, callbacks } = described;
      const memo = workflowExecutionInfo?.memo;
      read({
        type: EXECUTION,
        message: { workflowExecutionInfo: { memo }, pendingActivities, pendingNexusOperations, callbacks },
      });
      if (!(await readHistory(reader, workflowId, runId, read))) return undefined;
      const closedSinceMs = timeOf(workflowExecutionInfo?.closeTime);
      return closedSinceMs === undefined
        ? { ...known, kind: 'open executions' }
        : { ...known, kind: 'closed executions', closeMs: closedSinceMs };
    },
  };
}

function activity(
  reader: TemporalReader,
  {
    activityId,
    runId,
    activityType,
    scheduleTime,
    closeTime,
  }: temporal.api.activity.v1.IActivityExecutionListInfo,
): ListedExecution {
  const id = activityId ?? '';
  const run = runId ?? '';
  return {
    id,
    runId: run,
    read: async (read) => {
      const described = await reader.ask(
        'DescribeActivityExecution',
        api.DescribeActivityExecutionRequest,
        {
          namespace: reader.namespace,
          activityId: id,
          runId: run,
          includeInput: true,
          includeOutcome: true,
          includeHeartbeatDetails: true,
          includeLastFailure: true,
        },
        api.DescribeActivityExecutionResponse,
      );
      if (described === undefined) return undefined;
      read({ type: ACTIVITY, message: described as unknown as Message });
      const closeMs = timeOf(described.info?.closeTime) ?? timeOf(closeTime);
      const known = { id, runId: run, type: activityType?.name ?? '', startMs: timeOf(scheduleTime) ?? 0 };
      return closeMs === undefined
        ? { ...known, kind: 'open activities' }
        : { ...known, kind: 'closed activities', closeMs };
    },
  };
}

function nexusOperation(
  reader: TemporalReader,
  {
    operationId,
    runId,
    operation,
    scheduleTime,
    closeTime,
  }: temporal.api.nexus.v1.INexusOperationExecutionListInfo,
): ListedExecution {
  const id = operationId ?? '';
  const run = runId ?? '';
  return {
    id,
    runId: run,
    read: async (read) => {
      const described = await reader.ask(
        'DescribeNexusOperationExecution',
        api.DescribeNexusOperationExecutionRequest,
        {
          namespace: reader.namespace,
          operationId: id,
          runId: run,
          includeInput: true,
          includeOutcome: true,
        },
        api.DescribeNexusOperationExecutionResponse,
      );
      if (described === undefined) return undefined;
      read({ type: NEXUS_OPERATION, message: described as unknown as Message });
      const closeMs = timeOf(described.info?.closeTime) ?? timeOf(closeTime);
      const known = { id, runId: run, type: operation ?? '', startMs: timeOf(scheduleTime) ?? 0 };
      return closeMs === undefined
        ? { ...known, kind: 'open Nexus operations' }
        : { ...known, kind: 'closed Nexus operations', closeMs };
    },
  };
}
