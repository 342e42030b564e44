import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  continueAsNew,
  createEventGroup,
  createNexusServiceClient,
  executeChild,
  getExternalWorkflowHandle,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  startChild,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';

import type { Activities } from './activities';
import { amend, finish, note, notes, vaultService, type Orders } from './messages';

const { echo, heartbeatThenSucceed, fail, timeOutAfterHeartbeat, completeLater } =
  proxyActivities<Activities>({
    startToCloseTimeout: '20s',
    heartbeatTimeout: '2s',
    retry: { maximumAttempts: 2, initialInterval: '100ms' },
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });
const local = proxyLocalActivities<Activities>({ startToCloseTimeout: '10s', retry: { maximumAttempts: 1 } });

/** Activities, child, timer, memo, summaries: what a run that goes well writes. */
export async function everything({ text, run }: Orders): Promise<string> {
  const canary = (kind: string): string => `canary-${kind}-${run}`;
  const received: string[] = [];
  let done = false;
  setHandler(note, (value) => void received.push(value));
  setHandler(finish, () => {
    done = true;
  });
  setHandler(notes, (prefix) => [canary('query-result'), prefix, ...received]);
  setHandler(amend, (value) => {
    if (value === canary('update-refused')) throw ApplicationFailure.nonRetryable(canary('update-failure'));
    received.push(value);
    return canary('update-result');
  });
  setCurrentDetails(canary('current-details'));
  upsertMemo({ upserted: canary('memo-upsert') });

  const group = createEventGroup(canary('event-group'), { id: 'group-1' });
  await echo.executeWithOptions(
    { startToCloseTimeout: '20s', summary: canary('activity-summary'), eventGroups: [group] },
    [canary('activity-argument'), canary('activity-result')],
  );
  await heartbeatThenSucceed(canary('heartbeat'));
  await local.echo(canary('local-argument'), canary('local-result'));
  await completeLater(canary('async-argument'));
  await sleep(10, { summary: canary('timer-summary') });

  const child = await startChild(childWorkflow, {
    args: [canary('child-argument'), canary('child-result')],
    memo: { child: canary('child-memo') },
    staticSummary: canary('child-summary'),
    staticDetails: canary('child-details'),
  });
  await getExternalWorkflowHandle(child.workflowId).signal(note, canary('external-signal'));
  await child.result();

  const vault = createNexusServiceClient({ service: vaultService, endpoint: `vault-${run}` });
  await vault.executeOperation('echo', canary('nexus-input'), {
    scheduleToCloseTimeout: '20s',
    summary: canary('nexus-summary'),
  });
  await vault
    .executeOperation('refuse', canary('nexus-refused'), { scheduleToCloseTimeout: '20s' })
    .catch(() => undefined);

  await condition(() => done, '60s');
  return `${text} ${canary('workflow-result')}`;
}

export async function childWorkflow(argument: string, result: string): Promise<string> {
  let noted = '';
  setHandler(note, (value) => {
    noted = value;
  });
  await condition(() => noted !== '', '20s');
  return `${argument} ${result} ${noted}`;
}

/** Fails in ways that carry data: details, messages, stacks, causes, at three levels. */
export async function everyFailure({ run }: Orders): Promise<void> {
  const canary = (kind: string): string => `canary-${kind}-${run}`;
  await fail(canary('activity-failure')).catch(() => undefined);
  await local.fail(canary('local-failure')).catch(() => undefined);
  await executeChild(failingChild, { args: [canary('child-failure')] }).catch(() => undefined);
  await timeOutAfterHeartbeat(canary('timeout-heartbeat')).catch(() => undefined);
  try {
    await fail(canary('relayed-failure'));
  } catch (cause) {
    throw ApplicationFailure.create({
      message: canary('workflow-failure-message'),
      type: 'CardDeclined',
      nonRetryable: true,
      details: [canary('workflow-failure-details')],
      cause: new Error(canary('workflow-failure-cause'), { cause }),
    });
  }
}

export async function failingChild(text: string): Promise<void> {
  await sleep(1);
  throw ApplicationFailure.nonRetryable(text, 'ChildFailed', `${text}-details`);
}

/** Passes a failure on as it came, so that what was restored on the way in goes out again. */
export async function relayFailure({ run }: Orders): Promise<void> {
  await fail(`canary-passed-on-${run}`);
}

/** Cancels an activity that ends with details, and returns them. */
export async function cancelsActivity({ run }: Orders): Promise<unknown> {
  const { endCancelled } = proxyActivities<Activities>({
    startToCloseTimeout: '20s',
    heartbeatTimeout: '1s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
  const scope = new CancellationScope();
  const ended = scope.run(() => endCancelled(run));
  await sleep('500ms');
  scope.cancel();
  try {
    await ended;
    return undefined;
  } catch (error) {
    if (error instanceof ActivityFailure && error.cause instanceof CancelledFailure)
      return error.cause.details[0];
    throw error;
  }
}

/** Fails once, so that the second attempt's history starts with the failure of the first. */
export async function failsOnce({ run }: Orders): Promise<string> {
  await sleep(1);
  if (workflowInfo().attempt === 1)
    throw ApplicationFailure.retryable(`canary-continued-failure-${run}`, 'FirstAttempt');
  return 'second attempt';
}

/** Goes on as another run with arguments and a memo of its own. */
export async function continues({ text, run }: Orders, isSecond = false): Promise<string> {
  await sleep(1);
  if (isSecond) return text;
  upsertMemo({ kept: `canary-continued-memo-${run}` });
  return continueAsNew<typeof continues>({ text: `canary-continued-argument-${run}`, run }, true);
}

/** Started by a schedule; its result comes back to the next run as `lastCompletionResult`. */
export async function scheduled({ run }: Orders): Promise<string> {
  await sleep(1);
  return `canary-last-result-${run} ${JSON.stringify(workflowInfo().memo)}`;
}

/** Waits until it is ended from outside. */
export async function waits({ text }: Orders): Promise<string> {
  await sleep('60s');
  return text;
}
