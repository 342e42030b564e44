import type {
  ActivitySerializationContext,
  Headers,
  SerializationContext,
  WorkflowSerializationContext,
} from '@temporalio/common';
import { forEachBounded, type HeaderCodec } from './header-codec';
import type { NexusHeaderCodec, NexusHeaderMap } from './nexus-headers';

/** What has headers in messages between Core and the SDK. */
interface WithHeaders {
  headers?: Headers | null;
}

/** The jobs of an activation that have headers (coresdk.workflow_activation.WorkflowActivationJob). */
interface ActivationJob {
  readonly initializeWorkflow?: WithHeaders | null;
  readonly signalWorkflow?: WithHeaders | null;
  readonly queryWorkflow?: WithHeaders | null;
  readonly doUpdate?: WithHeaders | null;
}

/** What a Worker hands to a workflow (coresdk.workflow_activation.WorkflowActivation). */
export interface Activation {
  readonly jobs?: readonly ActivationJob[] | null;
  readonly isReplaying?: boolean | null;
}

interface ActivityCommand extends WithHeaders {
  readonly activityId?: string | null;
}

/** The commands that have headers (coresdk.workflow_commands.WorkflowCommand). */
interface Command {
  readonly scheduleActivity?: ActivityCommand | null;
  readonly scheduleLocalActivity?: ActivityCommand | null;
  readonly startChildWorkflowExecution?:
    (WithHeaders & { readonly namespace?: string | null; readonly workflowId?: string | null }) | null;
  readonly continueAsNewWorkflowExecution?: WithHeaders | null;
  readonly signalExternalWorkflowExecution?:
    | (WithHeaders & {
        readonly workflowExecution?: {
          readonly namespace?: string | null;
          readonly workflowId?: string | null;
        } | null;
        readonly childWorkflowId?: string | null;
      })
    | null;
  readonly scheduleNexusOperation?: { nexusHeader?: NexusHeaderMap | null } | null;
}

/** What a workflow hands back (coresdk.workflow_completion.WorkflowActivationCompletion). */
export interface Completion {
  readonly successful?: { readonly commands?: readonly Command[] | null } | null;
}

/** Opens the headers of activations and seals those of commands, on the main thread. */
export class WorkflowHeaders {
  readonly #codec: HeaderCodec;
  readonly #nexus: NexusHeaderCodec;

  constructor(codec: HeaderCodec, nexus: NexusHeaderCodec) {
    this.#codec = codec;
    this.#nexus = nexus;
  }

  /**
   * Opens the headers of an activation in place, with the context of the workflow.
   *
   * @throws HeaderError, and what the codecs throw
   */
  async open(activation: Activation, context: WorkflowSerializationContext): Promise<void> {
    const holders = (activation.jobs ?? []).flatMap((job) =>
      [job.initializeWorkflow, job.signalWorkflow, job.queryWorkflow, job.doUpdate].filter(hasHeaders),
    );
    await forEachBounded(holders, async (holder) => {
      holder.headers = await this.#codec.decode(holder.headers, context);
    });
  }

  /**
   * Seals the headers of the commands in place, each with the context that the SDK gives its payloads. Order
   * and number of commands stay.
   *
   * @throws what the codecs throw
   */
  async seal(completion: Completion, context: WorkflowSerializationContext): Promise<void> {
    if (!this.#codec.seals && !this.#nexus.seals) return;
    const commands = completion.successful?.commands ?? [];
    await forEachBounded(commands, async (command) => {
      if (this.#codec.seals) {
        for (const [holder, itsContext] of withContexts(command, context)) {
          holder.headers = await this.#codec.encode(holder.headers, itsContext);
        }
      }
      const operation = command.scheduleNexusOperation;
      if (operation?.nexusHeader) operation.nexusHeader = await this.#nexus.encode(operation.nexusHeader);
    });
  }
}

type HeaderHolder = WithHeaders & { headers: Headers };

function hasHeaders(message: WithHeaders | null | undefined): message is HeaderHolder {
  return message?.headers != null && Object.keys(message.headers).length > 0;
}

/** As `WorkflowCodecRunner` of the SDK derives contexts (packages/worker/src/workflow-codec-runner.ts). */
function withContexts(
  command: Command,
  own: WorkflowSerializationContext,
): readonly (readonly [HeaderHolder, SerializationContext])[] {
  const child = command.startChildWorkflowExecution;
  const signal = command.signalExternalWorkflowExecution;
  const target = signal?.workflowExecution;
  const all: readonly (readonly [WithHeaders | null | undefined, SerializationContext])[] = [
    [command.scheduleActivity, activityContext(command.scheduleActivity, own, false)],
    [command.scheduleLocalActivity, activityContext(command.scheduleLocalActivity, own, true)],
    [child, workflowContext(child?.namespace, child?.workflowId, own)],
    [command.continueAsNewWorkflowExecution, own],
    [signal, workflowContext(target?.namespace, target?.workflowId ?? signal?.childWorkflowId, own)],
  ];
  return all.flatMap(([holder, context]) => (hasHeaders(holder) ? [[holder, context] as const] : []));
}

function activityContext(
  command: ActivityCommand | null | undefined,
  { namespace, workflowId }: WorkflowSerializationContext,
  isLocal: boolean,
): ActivitySerializationContext {
  const activityId = command?.activityId;
  return { type: 'activity', namespace, workflowId, ...(activityId ? { activityId } : {}), isLocal };
}

function workflowContext(
  namespace: string | null | undefined,
  workflowId: string | null | undefined,
  own: WorkflowSerializationContext,
): WorkflowSerializationContext {
  return workflowId == null ? own : { type: 'workflow', namespace: namespace || own.namespace, workflowId };
}
