import {
  ActivityFailure,
  Client,
  Connection,
  isGrpcServiceError,
  WorkflowFailedError,
  type WorkflowHandle,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { temporal } from '@temporalio/proto';
import { ConfigurationError } from '@waxseal/core';
import { plain } from '../printable';
import type { ScanProgress } from '../scan/scan-namespace';
import { SCAN_WORKFLOW } from '../scan/executions';
import { noNamespace } from '../scan/namespace';
import { TemporalFault } from '../temporal/temporal-fault';
import type { ScanInput, ScanOutput } from './workflow';

/** A scan by Workers, which this process only looks at. */
export interface WorkerScan {
  readonly namespace: string;
  readonly taskQueue: string;
  /** What is started; left out where only a scan that is under way is looked at. */
  readonly start?: Pick<ScanInput, 'parallel' | 'mostInSlice'>;
  readonly onProgress: (progress: ScanProgress) => void;
  readonly notice: (text: string) => void;
}

const NOT_FOUND = 5;
const POLL_MS = 1_000;
/** How long an answer of a Worker is waited for. */
const ANSWER_MS = 5_000;

/**
 * Starts a scan, or takes part in the one that is under way, and waits for its end.
 *
 * @throws ConfigurationError when there is none to look at; TemporalFault when it did not end well
 */
export async function scanByWorkers(scan: WorkerScan): Promise<ScanOutput> {
  const { namespace, taskQueue, start } = scan;
  const { connectionOptions } = loadClientConnectConfig();
  const connection = await Connection.connect(connectionOptions);
  try {
    const client = new Client({ connection, namespace });
    await assertNamespace(connection, namespace);
    if (start !== undefined) {
      await tellWhereNobodyPolls(client, scan);
      await client.workflow.start(SCAN_WORKFLOW.type, {
        workflowId: SCAN_WORKFLOW.id,
        taskQueue,
        args: [{ namespace, ...start }],
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
    }
    const handle = client.workflow.getHandle(SCAN_WORKFLOW.id);
    const first = await checkStart(client, handle, scan);
    const output = await watch(handle, scan);
    // Another may have been started in its place meanwhile.
    if ((await checkStart(client, handle, scan)) !== first) throw notOfThis(scan);
    return output;
  } finally {
    await connection.close();
  }
}

/** @throws ConfigurationError when it is not there */
async function assertNamespace({ workflowService }: Connection, namespace: string): Promise<void> {
  try {
    await workflowService.describeNamespace({ namespace });
  } catch (error) {
    if (isGrpcServiceError(error) && (error.code as number) === NOT_FOUND) throw noNamespace(namespace);
    throw error;
  }
}

async function tellWhereNobodyPolls(
  client: Client,
  { namespace, taskQueue, notice }: WorkerScan,
): Promise<void> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  });
  if (pollers.length === 0) {
    notice(
      `No Worker polls the task queue ${taskQueue}: start some with "waxseal keys worker". The scan waits.`,
    );
  }
}

/**
 * Whoever may start workflows may start one under this ID, with a result of his own: only one of this type
 * is taken that began with nothing counted.
 *
 * @returns the run that it began with
 * @throws ConfigurationError where it is another
 */
async function checkStart(client: Client, handle: WorkflowHandle, scan: WorkerScan): Promise<string> {
  const { namespace, taskQueue } = scan;
  const { runId } = await describe(handle);
  const startOf = async (run: string): Promise<Start> => {
    const { history } = await client.workflowService.getWorkflowExecutionHistory({
      namespace,
      execution: { workflowId: SCAN_WORKFLOW.id, runId: run },
      maximumPageSize: 1,
    });
    return history?.events?.[0]?.workflowExecutionStartedEventAttributes ?? {};
  };
  const { firstExecutionRunId } = await startOf(runId);
  const { workflowType, taskQueue: queue, input } = await startOf(firstExecutionRunId ?? '');
  const [first, ...others] = input?.payloads ?? [];
  if (
    workflowType?.name !== SCAN_WORKFLOW.type ||
    queue?.name !== taskQueue ||
    others.length > 0 ||
    !isScanInput(first?.data, namespace)
  ) {
    throw notOfThis(scan);
  }
  return firstExecutionRunId ?? '';
}

function notOfThis({ taskQueue }: WorkerScan): Error {
  return new ConfigurationError(
    `The workflow ${SCAN_WORKFLOW.id} was not started by this command with --task-queue ${taskQueue}: its result cannot be relied on. See who started it with: temporal workflow show --workflow-id ${SCAN_WORKFLOW.id}. Terminate it, and scan again.`,
  );
}

type Start = temporal.api.history.v1.IWorkflowExecutionStartedEventAttributes;

const OF_INPUT: ReadonlySet<string> = new Set(['namespace', 'parallel', 'mostInSlice']);

function isScanInput(data: Uint8Array | null | undefined, namespace: string): boolean {
  try {
    const input = JSON.parse(Buffer.from(data ?? []).toString('utf8')) as Record<string, unknown>;
    return input['namespace'] === namespace && Object.keys(input).every((name) => OF_INPUT.has(name));
  } catch {
    return false;
  }
}

async function watch(handle: WorkflowHandle, { onProgress }: WorkerScan): Promise<ScanOutput> {
  for (;;) {
    const { status } = await describe(handle);
    if (status.name !== 'RUNNING') break;
    // Without a Worker there is no answer: the next question may find one.
    const progress = await handle.client
      .withDeadline(Date.now() + ANSWER_MS, () => handle.query<ScanProgress>('progress'))
      .catch(() => undefined);
    if (progress !== undefined) onProgress(progress);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  try {
    return (await handle.result()) as ScanOutput;
  } catch (cause) {
    const { name: status } = (await describe(handle)).status;
    throw new TemporalFault(
      `The scan did not end well: ${status}${reasonOf(cause)}. See why with: temporal workflow show --workflow-id ${SCAN_WORKFLOW.id}`,
      { cause },
    );
  }
}

/** What the failure of the scan says, or that of its activity. */
function reasonOf(error: unknown): string {
  if (!(error instanceof WorkflowFailedError)) return '';
  const { cause } = error;
  const root = cause instanceof ActivityFailure ? cause.cause : cause;
  return root === undefined ? '' : ` (${plain(root.message.slice(0, 500))})`;
}

async function describe(handle: WorkflowHandle): ReturnType<WorkflowHandle['describe']> {
  try {
    return await handle.describe();
  } catch (cause) {
    if (!(cause instanceof WorkflowNotFoundError)) throw cause;
    throw new ConfigurationError('No scan by Workers was started here: start one with --on-workers.', {
      cause,
    });
  }
}
