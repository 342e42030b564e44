import { temporal } from '@temporalio/proto';
import { typeOf, type Message, type TypedMessage } from './messages';
import { pages, type TemporalReader } from './temporal-reader';

const api = temporal.api.workflowservice.v1;
const EXECUTION = typeOf(api.DescribeWorkflowExecutionResponse);
const HISTORY = typeOf(temporal.api.history.v1.History);
const EVENTS_IN_PAGE = 250;

/** What Temporal knows of an execution beside its history. */
export interface DescribedWorkflow {
  readonly info: temporal.api.workflow.v1.IWorkflowExecutionInfo;
  /** Its memo, and what is under way. */
  readonly message: TypedMessage;
}

/**
 * @param runId empty for the latest run
 * @returns `undefined` where it is not there
 * @throws ConfigurationError or TemporalFault when Temporal does not answer as it should
 */
export async function describeWorkflow(
  reader: TemporalReader,
  workflowId: string,
  runId: string,
): Promise<DescribedWorkflow | undefined> {
  const described = await reader.ask(
    'DescribeWorkflowExecution',
    api.DescribeWorkflowExecutionRequest,
    { namespace: reader.namespace, execution: { workflowId, runId } },
    api.DescribeWorkflowExecutionResponse,
  );
  if (described === undefined) return undefined;
  const { workflowExecutionInfo: info, pendingActivities, pendingNexusOperations, callbacks } = described;
  const message = {
    workflowExecutionInfo: { memo: info?.memo },
    pendingActivities,
    pendingNexusOperations,
    callbacks,
  };
  return { info: info ?? {}, message: { type: EXECUTION, message } };
}

/**
 * The history of an execution, a page at a time. What of it cannot be read is noted in `reader.notRead`.
 *
 * @returns `undefined` in the place of a page, as the last, where the execution is not there, or no more
 * @throws ConfigurationError or TemporalFault when Temporal does not answer as it should
 */
export async function* historyPages(
  reader: TemporalReader,
  workflowId: string,
  runId: string,
): AsyncIterable<HistoryPage | undefined> {
  const answers = pages((nextPageToken) =>
    reader.ask(
      'GetWorkflowExecutionHistory',
      api.GetWorkflowExecutionHistoryRequest,
      {
        namespace: reader.namespace,
        execution: { workflowId, runId },
        maximumPageSize: EVENTS_IN_PAGE,
        nextPageToken,
        skipArchival: true,
      },
      api.GetWorkflowExecutionHistoryResponse,
    ),
  );
  for await (const answer of answers) {
    if (answer === undefined) yield undefined;
    else yield* partsOf(reader, answer);
  }
}

/** A part of a history. */
export interface HistoryPage extends TypedMessage {
  readonly events: readonly HistoryEvent[];
}

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** A server may be set up to send histories as they are stored: `frontend.sendRawWorkflowHistory`. */
function partsOf(
  reader: TemporalReader,
  { history, rawHistory }: temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryResponse,
): readonly HistoryPage[] {
  const { ENCODING_TYPE_PROTO3: PROTO3 } = temporal.api.enums.v1.EncodingType;
  const raw = rawHistory.map(({ encodingType, data }) => {
    if (encodingType === PROTO3 && data)
      return reader.decode(temporal.api.history.v1.History, data, 'GetWorkflowExecutionHistory');
    reader.notRead += 1;
    return {};
  });
  return [...(history ? [history] : []), ...raw].map((part: temporal.api.history.v1.IHistory) => ({
    type: HISTORY,
    message: part as Message,
    events: part.events ?? [],
  }));
}

/**
 * Reads the history of an execution. Where its events are not all there, that is noted in `reader.notRead`.
 *
 * @param leastEvents how many there are at least
 * @returns what it leaves open at its end; `undefined` where the execution is not there, or no more
 */
export async function readHistory(
  reader: TemporalReader,
  workflowId: string,
  runId: string,
  read: (message: TypedMessage) => void,
  leastEvents = 1,
): Promise<{ readonly hasPending: boolean } | undefined> {
  let events = 0;
  let isWhole = true;
  const pending = new Set<string>();
  for await (const page of historyPages(reader, workflowId, runId)) {
    if (page === undefined) return undefined;
    for (const event of page.events) {
      isWhole &&= Number(event.eventId) === (events += 1);
      notePending(pending, event);
    }
    read(page);
  }
  if (!isWhole || events < Math.max(1, leastEvents)) reader.notRead += 1;
  return { hasPending: pending.size > 0 || !isWhole };
}

const BEGINS = /^(?:activityTask|nexusOperation)ScheduledEventAttributes$/;
const ENDS = /^(?:activityTask|nexusOperation)(?:Completed|Failed|Canceled|TimedOut)EventAttributes$/;

/** Keeps the events of which a description of the execution may tell more than its history. */
function notePending(pending: Set<string>, event: HistoryEvent): void {
  const name = Object.keys(event).find((field) => field.endsWith('EventAttributes')) ?? '';
  const attributes = event[name as keyof HistoryEvent] as {
    readonly scheduledEventId?: { toString(): string } | null;
    readonly completionCallbacks?: readonly unknown[] | null;
    readonly attachedCompletionCallbacks?: readonly unknown[] | null;
  } | null;
  const { scheduledEventId, completionCallbacks, attachedCompletionCallbacks } = attributes ?? {};
  const callbacks = (completionCallbacks?.length ?? 0) + (attachedCompletionCallbacks?.length ?? 0);
  if (BEGINS.test(name) || callbacks > 0) pending.add(String(event.eventId));
  else if (ENDS.test(name)) pending.delete(String(scheduledEventId));
}
