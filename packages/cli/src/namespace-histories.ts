import { temporal } from '@temporalio/proto';
import { ConfigurationError } from '@waxseal/core';
import { typeOf, type Counted, type TypedMessage } from './count-payloads';
import type { GrpcAnswer, TemporalSession } from './temporal/grpc-session';
import { openLastingSession } from './temporal/lasting-session';
import { readTemporalSettings } from './temporal/settings';
import { printable } from './printable';

const api = temporal.api.workflowservice.v1;
const EXECUTION = typeOf(api.DescribeWorkflowExecutionResponse);
const HISTORY_PAGE = typeOf(api.GetWorkflowExecutionHistoryResponse);
const SCHEDULE = typeOf(api.DescribeScheduleResponse);
const PAGE = 100;
const EVENTS_IN_PAGE = 250;
const NOT_FOUND = 5;

/**
 * The schedules of a namespace, and the executions that a query finds: history, memo, and what activities
 * that are under way have told.
 *
 * @param query a list filter of Temporal's visibility
 * @param limit most executions
 * @param notLooked is called where a part is left out
 */
export async function* namespaceHistories(
  query: string,
  limit: number,
  notLooked: (why: string) => void,
): AsyncIterable<Counted> {
  const settings = readTemporalSettings(process.env);
  const session = await openLastingSession(settings);
  try {
    const { namespace } = settings;
    yield* schedules(session, namespace);
    let looked = 0;
    for await (const execution of executions(session, namespace, query)) {
      if (looked === limit) {
        notLooked(
          `only the first ${String(limit)} executions were looked at: raise --limit, or narrow --query`,
        );
        return;
      }
      looked += 1;
      const messages = await everythingOf(session, namespace, execution);
      if (messages !== undefined) yield { name: execution.workflowId ?? '', messages };
    }
  } finally {
    session.close();
  }
}

type Execution = temporal.api.common.v1.IWorkflowExecution;

async function* executions(
  session: TemporalSession,
  namespace: string,
  query: string,
): AsyncIterable<Execution> {
  let nextPageToken: Uint8Array = new Uint8Array();
  do {
    const request = api.ListWorkflowExecutionsRequest.encode({
      namespace,
      query,
      pageSize: PAGE,
      nextPageToken,
    }).finish();
    const answer = await demand(session, 'ListWorkflowExecutions', request);
    const page = api.ListWorkflowExecutionsResponse.decode(answer);
    for (const { execution } of page.executions) if (execution) yield execution;
    ({ nextPageToken } = page);
  } while (nextPageToken.length > 0);
}

/** `undefined` where the execution is gone meanwhile. */
async function everythingOf(
  session: TemporalSession,
  namespace: string,
  execution: Execution,
): Promise<readonly TypedMessage[] | undefined> {
  const described = await ask(
    session,
    'DescribeWorkflowExecution',
    api.DescribeWorkflowExecutionRequest.encode({ namespace, execution }).finish(),
  );
  if (described === undefined) return undefined;
  const { workflowExecutionInfo, executionConfig, pendingActivities } =
    api.DescribeWorkflowExecutionResponse.decode(described);
  const message = {
    workflowExecutionInfo: { memo: workflowExecutionInfo?.memo },
    executionConfig,
    pendingActivities,
  };
  const messages: TypedMessage[] = [{ type: EXECUTION, message }];
  let nextPageToken: Uint8Array = new Uint8Array();
  do {
    const request = api.GetWorkflowExecutionHistoryRequest.encode({
      namespace,
      execution,
      maximumPageSize: EVENTS_IN_PAGE,
      nextPageToken,
    }).finish();
    const answer = await ask(session, 'GetWorkflowExecutionHistory', request);
    if (answer === undefined) return undefined;
    const page = api.GetWorkflowExecutionHistoryResponse.decode(answer);
    messages.push({ type: HISTORY_PAGE, message: { history: page.history } });
    ({ nextPageToken } = page);
  } while (nextPageToken.length > 0);
  return messages;
}

async function* schedules(session: TemporalSession, namespace: string): AsyncIterable<Counted> {
  let nextPageToken: Uint8Array = new Uint8Array();
  do {
    const request = api.ListSchedulesRequest.encode({
      namespace,
      maximumPageSize: PAGE,
      nextPageToken,
    }).finish();
    const answer = await demand(session, 'ListSchedules', request);
    const page = api.ListSchedulesResponse.decode(answer);
    for (const { scheduleId: id } of page.schedules) {
      const scheduleId = id ?? '';
      const described = await ask(
        session,
        'DescribeSchedule',
        api.DescribeScheduleRequest.encode({ namespace, scheduleId }).finish(),
      );
      if (described === undefined) continue;
      const { schedule, memo } = api.DescribeScheduleResponse.decode(described);
      yield { name: `schedule ${scheduleId}`, messages: [{ type: SCHEDULE, message: { schedule, memo } }] };
    }
    ({ nextPageToken } = page);
  } while (nextPageToken.length > 0);
}

/** The answer's bytes; `undefined` for an execution or a schedule that is not there. */
async function ask(
  session: TemporalSession,
  method: string,
  request: Uint8Array,
): Promise<Uint8Array | undefined> {
  const answer = await session.call(method, request);
  return answer.status === NOT_FOUND ? undefined : messageOf(answer, method);
}

/** The answer's bytes. A list that is not there is that of a namespace that is not there. */
async function demand(session: TemporalSession, method: string, request: Uint8Array): Promise<Uint8Array> {
  return messageOf(await session.call(method, request), method);
}

function messageOf({ status, said, message }: GrpcAnswer, method: string): Uint8Array {
  if (status !== 0) {
    throw new ConfigurationError(
      `Temporal answers ${method} with gRPC status ${String(status)}, ${printable(said.slice(0, 300))}. Check --query and the right to read; waxseal doctor --temporal checks the connection.`,
    );
  }
  if (message === undefined) {
    throw new ConfigurationError(
      `Temporal's answer to ${method} holds no whole message. Is a proxy in between?`,
    );
  }
  return message;
}
