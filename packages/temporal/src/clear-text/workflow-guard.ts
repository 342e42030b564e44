import type { WorkflowSerializationContext } from '@temporalio/common';
import type { WorkflowHook } from '../headers/worker-override';
import type { Activation, Completion } from '../headers/workflow-headers';
import type { ClearText, ClearTextGuard } from './clear-text-guard';
import { attributeTexts, namesIn, one, textsIn } from './clear-texts';

type Map<T> = Readonly<Record<string, T>> | null;

interface Started {
  readonly workflowId?: string | null;
  readonly workflowType?: string | null;
  readonly taskQueue?: string | null;
  readonly memo?: Map<unknown>;
  readonly headers?: Map<unknown>;
  readonly searchAttributes?: SearchAttributes | null;
}

interface SearchAttributes {
  readonly indexedFields?: Map<{ readonly data?: Uint8Array | null }>;
}

interface ScheduledActivity {
  readonly activityId?: string | null;
  readonly activityType?: string | null;
  readonly taskQueue?: string | null;
  readonly headers?: Map<unknown>;
}

interface Failure {
  readonly applicationFailureInfo?: { readonly type?: string | null } | null;
  readonly cause?: Failure | null;
}

interface WithReason {
  readonly reason?: string | null;
}

/** What commands leave in clear (coresdk.workflow_commands.WorkflowCommand). */
interface Command {
  readonly scheduleActivity?: ScheduledActivity | null;
  readonly scheduleLocalActivity?: ScheduledActivity | null;
  readonly startChildWorkflowExecution?: Started | null;
  readonly continueAsNewWorkflowExecution?: Started | null;
  readonly signalExternalWorkflowExecution?: {
    readonly signalName?: string | null;
    readonly headers?: Map<unknown>;
  } | null;
  readonly requestCancelExternalWorkflowExecution?: WithReason | null;
  readonly cancelChildWorkflowExecution?: WithReason | null;
  readonly setPatchMarker?: { readonly patchId?: string | null } | null;
  readonly upsertWorkflowSearchAttributes?: { readonly searchAttributes?: SearchAttributes | null } | null;
  readonly modifyWorkflowProperties?: {
    readonly upsertedMemo?: { readonly fields?: Map<unknown> } | null;
  } | null;
  readonly scheduleNexusOperation?: {
    readonly endpoint?: string | null;
    readonly service?: string | null;
    readonly operation?: string | null;
    readonly nexusHeader?: Map<string>;
  } | null;
  readonly failWorkflowExecution?: { readonly failure?: Failure | null } | null;
  readonly updateResponse?: { readonly rejected?: Failure | null } | null;
}

/**
 * Checks what the workflow tasks of one run leave in clear, before it is sent: the task fails then, and is
 * made again, until the code is mended. What is replayed is in the history already.
 */
export class GuardedWorkflow implements WorkflowHook {
  readonly #hook: WorkflowHook;
  readonly #guard: ClearTextGuard;
  #isReplaying = false;

  /** @param hook what else is done; before the check, so that what it seals is not in clear */
  constructor(hook: WorkflowHook, guard: ClearTextGuard) {
    this.#hook = hook;
    this.#guard = guard;
  }

  async open(activation: Activation, context: WorkflowSerializationContext): Promise<void> {
    this.#isReplaying = activation.isReplaying === true;
    await this.#hook.open(activation, context);
  }

  /** @throws ConfidentialTextError for the first text that must not be in clear */
  async seal(completion: Completion, context: WorkflowSerializationContext): Promise<void> {
    await this.#hook.seal(completion, context);
    if (!this.#isReplaying) this.#guard.check(completionTexts(completion));
  }
}

/** What the commands of a workflow task leave in clear in its history. */
export function* completionTexts({ successful }: Completion): Iterable<ClearText> {
  for (const command of (successful?.commands ?? []) as readonly Command[]) yield* commandTexts(command);
}

function* commandTexts(command: Command): Iterable<ClearText> {
  yield* activityTexts(command.scheduleActivity);
  yield* activityTexts(command.scheduleLocalActivity);
  yield* startedTexts(command.startChildWorkflowExecution);
  yield* startedTexts(command.continueAsNewWorkflowExecution);
  yield* one('signal name', command.signalExternalWorkflowExecution?.signalName);
  yield* namesIn('header name', command.signalExternalWorkflowExecution?.headers);
  yield* one('reason', command.requestCancelExternalWorkflowExecution?.reason);
  yield* one('reason', command.cancelChildWorkflowExecution?.reason);
  yield* one('patch ID', command.setPatchMarker?.patchId);
  yield* payloadAttributes(command.upsertWorkflowSearchAttributes?.searchAttributes);
  yield* namesIn('memo key', command.modifyWorkflowProperties?.upsertedMemo?.fields);
  const { endpoint, service, operation, nexusHeader } = command.scheduleNexusOperation ?? {};
  for (const name of [endpoint, service, operation]) yield* one('Nexus name', name);
  yield* textsIn('Nexus header', nexusHeader);
  yield* failureTexts(command.failWorkflowExecution?.failure);
  yield* failureTexts(command.updateResponse?.rejected);
}

function* activityTexts(activity: ScheduledActivity | null | undefined): Iterable<ClearText> {
  yield* one('activity ID', activity?.activityId);
  yield* one('activity type', activity?.activityType);
  yield* one('task queue', activity?.taskQueue);
  yield* namesIn('header name', activity?.headers);
}

function* startedTexts(started: Started | null | undefined): Iterable<ClearText> {
  yield* one('workflow ID', started?.workflowId);
  yield* one('workflow type', started?.workflowType);
  yield* one('task queue', started?.taskQueue);
  yield* namesIn('memo key', started?.memo);
  yield* namesIn('header name', started?.headers);
  yield* payloadAttributes(started?.searchAttributes);
}

/** Causes that are looked at: a chain may be made without an end. */
const MAX_CAUSES = 64;

function* failureTexts(failure: Failure | null | undefined): Iterable<ClearText> {
  let cause = failure;
  for (let depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
    yield* one('failure type', cause.applicationFailureInfo?.type);
    cause = cause.cause;
  }
}

/** Search attributes are payloads of JSON, which no codec sees. */
function* payloadAttributes(attributes: SearchAttributes | null | undefined): Iterable<ClearText> {
  for (const [name, { data }] of Object.entries(attributes?.indexedFields ?? {})) {
    const text = Buffer.from(data ?? []).toString('utf8');
    try {
      yield* attributeTexts(name, JSON.parse(text));
    } catch {
      yield* one('search attribute', text, name);
    }
  }
}
