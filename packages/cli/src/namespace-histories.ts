import { temporal } from '@temporalio/proto';
import { ConfigurationError } from '@waxseal/core';
import { openSocket } from './doctor/temporal/connect';
import { networkFault, tlsFault } from './doctor/temporal/faults';
import { openSession, type TemporalSession } from './doctor/temporal/grpc-session';
import { readTemporalSettings } from './doctor/temporal/settings';
import type { Output } from './output';
import { printable } from './printable';

/** What is counted on its own: a history, or a schedule. */
export interface Counted {
  readonly name: string;
  /** A message of Temporal's API, or several. */
  readonly message: unknown;
}

const api = temporal.api.workflowservice.v1;
const PAGE = 100;
const NOT_FOUND = 5;

/**
 * The schedules of a namespace, and the executions that a query finds: history, memo, and what activities
 * that are under way have told.
 *
 * @param query a list filter of Temporal's visibility
 * @param limit most executions
 */
export async function* namespaceHistories(
  query: string,
  limit: number,
  notice: Output['notice'],
): AsyncIterable<Counted> {
  const settings = readTemporalSettings(process.env);
  const socket = await openSocket(settings);
  const session = openSession(socket, settings, (error) =>
    Promise.resolve(settings.tls === undefined ? networkFault(error, settings) : tlsFault(error, settings)),
  );
  try {
    const { namespace } = settings;
    yield* schedules(session, namespace);
    let looked = 0;
    for await (const execution of executions(session, namespace, query)) {
      if (looked === limit) {
        notice(`only the first ${String(limit)} executions were looked at: raise --limit, or narrow --query`);
        return;
      }
      looked += 1;
      const message = await everythingOf(session, namespace, execution);
      if (message !== undefined) yield { name: execution.workflowId ?? '', message };
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
    const answer = await ask(session, 'ListWorkflowExecutions', request);
    const page = api.ListWorkflowExecutionsResponse.decode(answer ?? new Uint8Array());
    for (const { execution } of page.executions) if (execution) yield execution;
    ({ nextPageToken } = page);
  } while (nextPageToken.length > 0);
}

/** `undefined` where the execution is gone meanwhile. */
async function everythingOf(
  session: TemporalSession,
  namespace: string,
  execution: Execution,
): Promise<unknown> {
  const described = await ask(
    session,
    'DescribeWorkflowExecution',
    api.DescribeWorkflowExecutionRequest.encode({ namespace, execution }).finish(),
  );
  if (described === undefined) return undefined;
  const { workflowExecutionInfo, pendingActivities } =
    api.DescribeWorkflowExecutionResponse.decode(described);
  const events: temporal.api.history.v1.IHistoryEvent[] = [];
  let nextPageToken: Uint8Array = new Uint8Array();
  do {
    const request = api.GetWorkflowExecutionHistoryRequest.encode({
      namespace,
      execution,
      nextPageToken,
    }).finish();
    const answer = await ask(session, 'GetWorkflowExecutionHistory', request);
    if (answer === undefined) return undefined;
    const page = api.GetWorkflowExecutionHistoryResponse.decode(answer);
    events.push(...(page.history?.events ?? []));
    ({ nextPageToken } = page);
  } while (nextPageToken.length > 0);
  return { events, memo: workflowExecutionInfo?.memo, pendingActivities };
}

async function* schedules(session: TemporalSession, namespace: string): AsyncIterable<Counted> {
  let nextPageToken: Uint8Array = new Uint8Array();
  do {
    const request = api.ListSchedulesRequest.encode({
      namespace,
      maximumPageSize: PAGE,
      nextPageToken,
    }).finish();
    const answer = await ask(session, 'ListSchedules', request);
    const page = api.ListSchedulesResponse.decode(answer ?? new Uint8Array());
    for (const { scheduleId: id } of page.schedules) {
      const scheduleId = id ?? '';
      const described = await ask(
        session,
        'DescribeSchedule',
        api.DescribeScheduleRequest.encode({ namespace, scheduleId }).finish(),
      );
      if (described === undefined) continue;
      const { schedule, memo } = api.DescribeScheduleResponse.decode(described);
      yield { name: `schedule ${scheduleId}`, message: { schedule, memo } };
    }
    ({ nextPageToken } = page);
  } while (nextPageToken.length > 0);
}

/** The answer's bytes; `undefined` for what is not there. */
async function ask(
  session: TemporalSession,
  method: string,
  request: Uint8Array,
): Promise<Uint8Array | undefined> {
  const { status, said, message } = await session.call(method, request);
  if (status === 0) return message;
  if (status === NOT_FOUND) return undefined;
  throw new ConfigurationError(
    `Temporal answers ${method} with gRPC status ${String(status)}, ${printable(said.slice(0, 300))}. Check --query and the right to read; waxseal doctor --temporal checks the connection.`,
  );
}
