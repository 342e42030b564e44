import { temporal } from '@temporalio/proto';
import { timeOf, typeOf, type Message, type TypedMessage } from './messages';
import { pages, type TemporalReader } from './temporal-reader';
import type { Holder } from './use';

const api = temporal.api.workflowservice.v1;
const SCHEDULE = typeOf(api.DescribeScheduleResponse);
const DEPLOYMENT_VERSION = typeOf(api.DescribeWorkerDeploymentVersionResponse);
const PAGE = 100;

/** What does not expire: its messages, and what it is. */
export interface Standing {
  readonly holder: Holder;
  readonly message: TypedMessage;
}

/** The IDs of the schedules of a namespace, as they are listed. */
export async function* scheduleIds(reader: TemporalReader): AsyncIterable<string> {
  const lists = pages((nextPageToken) =>
    reader.demand(
      'ListSchedules',
      api.ListSchedulesRequest,
      { namespace: reader.namespace, maximumPageSize: PAGE, nextPageToken },
      api.ListSchedulesResponse,
    ),
  );
  for await (const { schedules } of lists) for (const { scheduleId } of schedules) yield scheduleId ?? '';
}

/** The schedules of a namespace: their action with its input and memo, and their own memo. */
export async function* schedules(reader: TemporalReader): AsyncIterable<Standing> {
  for await (const scheduleId of scheduleIds(reader)) {
    const described = await reader.ask(
      'DescribeSchedule',
      api.DescribeScheduleRequest,
      { namespace: reader.namespace, scheduleId },
      api.DescribeScheduleResponse,
    );
    if (described === undefined) continue;
    const { schedule, memo, info } = described;
    const startMs = timeOf(info?.updateTime) ?? timeOf(info?.createTime);
    yield {
      holder: { kind: 'schedules', id: scheduleId, ...(startMs !== undefined && { startMs }) },
      message: { type: SCHEDULE, message: { schedule, memo } },
    };
  }
}

/** The versions of the deployments of Workers, whose metadata are payloads. */
export async function* deployments(reader: TemporalReader): AsyncIterable<Standing> {
  const lists = pages((nextPageToken) =>
    reader.demand(
      'ListWorkerDeployments',
      api.ListWorkerDeploymentsRequest,
      { namespace: reader.namespace, pageSize: PAGE, nextPageToken },
      api.ListWorkerDeploymentsResponse,
    ),
  );
  for await (const { workerDeployments } of lists) {
    for (const { name } of workerDeployments) yield* versions(reader, name ?? '');
  }
}

async function* versions(reader: TemporalReader, deploymentName: string): AsyncIterable<Standing> {
  const { namespace } = reader;
  const deployment = await reader.ask(
    'DescribeWorkerDeployment',
    api.DescribeWorkerDeploymentRequest,
    { namespace, deploymentName },
    api.DescribeWorkerDeploymentResponse,
  );
  for (const { deploymentVersion, createTime } of deployment?.workerDeploymentInfo?.versionSummaries ?? []) {
    const described = await reader.ask(
      'DescribeWorkerDeploymentVersion',
      api.DescribeWorkerDeploymentVersionRequest,
      { namespace, deploymentVersion: deploymentVersion ?? null },
      api.DescribeWorkerDeploymentVersionResponse,
    );
    if (described === undefined) continue;
    const startMs = timeOf(createTime);
    yield {
      holder: {
        kind: 'deployments',
        id: `${deploymentName} ${deploymentVersion?.buildId ?? ''}`,
        ...(startMs !== undefined && { startMs }),
      },
      message: { type: DEPLOYMENT_VERSION, message: described as unknown as Message },
    };
  }
}

/** How many batch operations are under way. What they are to signal is in no answer of Temporal's. */
export async function runningBatches(reader: TemporalReader): Promise<number> {
  const { BATCH_OPERATION_STATE_RUNNING: RUNNING } = temporal.api.enums.v1.BatchOperationState;
  const lists = pages((nextPageToken) =>
    reader.demand(
      'ListBatchOperations',
      api.ListBatchOperationsRequest,
      { namespace: reader.namespace, pageSize: PAGE, nextPageToken },
      api.ListBatchOperationsResponse,
    ),
  );
  let running = 0;
  for await (const { operationInfo } of lists) {
    running += operationInfo.filter(({ state }) => state === RUNNING).length;
  }
  return running;
}
