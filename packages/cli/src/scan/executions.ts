import { temporal } from '@temporalio/proto';
import { timeOf, typeOf, type MessageType, type TypedMessage } from './messages';
import { describeWorkflow, readHistory } from './read-workflow';
import type { Listed } from './slices';
import { pages, type TemporalReader } from './temporal-reader';
import type { Holder } from './use';

const api = temporal.api.workflowservice.v1;
const LISTED_INFO = typeOf(temporal.api.workflow.v1.WorkflowExecutionInfo);
const ACTIVITY = typeOf(api.DescribeActivityExecutionResponse);
const NEXUS_OPERATION = typeOf(api.DescribeNexusOperationExecutionResponse);

const PAGE = 100;

/** The workflow by which Workers scan a namespace. What its executions hold are counts. */
export const SCAN_WORKFLOW = { id: 'waxseal-key-scan', type: 'waxsealKeyScan' } as const;

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
  const lists = pages((nextPageToken) =>
    PAGES[listed](reader, { namespace: reader.namespace, query, pageSize: PAGE, nextPageToken }),
  );
  for await (const { executions } of lists) {
    for (const execution of executions) {
      // What closes while pages are read takes another place in their order, and can come twice.
      if (seen.has(execution.runId)) continue;
      seen.add(execution.runId);
      yield execution;
    }
  }
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
        const history = await readHistory(reader, workflowId, runId, read, length);
        if (history === undefined) return undefined;
        if (history.hasPending) {
          // What was pending when it closed stays, with what it has told last.
          const described = await describeWorkflow(reader, workflowId, runId);
          if (described === undefined) return undefined;
          const { type, message } = described.message;
          read({ type, message: { ...message, workflowExecutionInfo: null } });
        }
        return { ...known, kind: 'closed executions', closeMs };
      }
      const described = await describeWorkflow(reader, workflowId, runId);
      if (described === undefined) return undefined;
      read(described.message);
      if ((await readHistory(reader, workflowId, runId, read)) === undefined) return undefined;
      const closedSinceMs = timeOf(described.info.closeTime);
      return closedSinceMs === undefined
        ? { ...known, kind: 'open executions' }
        : { ...known, kind: 'closed executions', closeMs: closedSinceMs };
    },
  };
}

function activity(
  reader: TemporalReader,
  listed: temporal.api.activity.v1.IActivityExecutionListInfo,
): ListedExecution {
  const activityId = listed.activityId ?? '';
  const runId = listed.runId ?? '';
  return standalone(
    { id: activityId, runId, type: listed.activityType?.name ?? '' },
    ACTIVITY,
    ['open activities', 'closed activities'],
    listed,
    () =>
      reader.ask(
        'DescribeActivityExecution',
        api.DescribeActivityExecutionRequest,
        {
          namespace: reader.namespace,
          activityId,
          runId,
          includeInput: true,
          includeOutcome: true,
          includeHeartbeatDetails: true,
          includeLastFailure: true,
        },
        api.DescribeActivityExecutionResponse,
      ),
  );
}

function nexusOperation(
  reader: TemporalReader,
  listed: temporal.api.nexus.v1.INexusOperationExecutionListInfo,
): ListedExecution {
  const operationId = listed.operationId ?? '';
  const runId = listed.runId ?? '';
  return standalone(
    { id: operationId, runId, type: listed.operation ?? '' },
    NEXUS_OPERATION,
    ['open Nexus operations', 'closed Nexus operations'],
    listed,
    () =>
      reader.ask(
        'DescribeNexusOperationExecution',
        api.DescribeNexusOperationExecutionRequest,
        {
          namespace: reader.namespace,
          operationId,
          runId,
          includeInput: true,
          includeOutcome: true,
        },
        api.DescribeNexusOperationExecutionResponse,
      ),
  );
}

type Timestamp = temporal.api.workflow.v1.IWorkflowExecutionInfo['closeTime'];

/** An execution of its own, of which a description tells all: input, outcome, and what is under way. */
function standalone(
  known: Required<Pick<Holder, 'id' | 'runId' | 'type'>>,
  type: MessageType,
  [open, closed]: readonly [Holder['kind'], Holder['kind']],
  listed: { readonly scheduleTime?: Timestamp; readonly closeTime?: Timestamp },
  describe: () => Promise<{ readonly info?: { readonly closeTime?: Timestamp } | null } | undefined>,
): ListedExecution {
  return {
    id: known.id,
    runId: known.runId,
    read: async (read) => {
      const described = await describe();
      if (described === undefined) return undefined;
      read({ type, message: described });
      const closeMs = timeOf(described.info?.closeTime) ?? timeOf(listed.closeTime);
      const startMs = timeOf(listed.scheduleTime) ?? 0;
      return closeMs === undefined
        ? { ...known, startMs, kind: open }
        : { ...known, startMs, kind: closed, closeMs };
    },
  };
}
