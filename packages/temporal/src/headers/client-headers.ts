import type {
  ActivityClientInterceptor,
  ClientInterceptors,
  NexusClientInterceptor,
  ScheduleClientInterceptor,
  WorkflowClientInterceptor,
  WorkflowStartInput,
} from '@temporalio/client';
import type { WorkflowSerializationContext } from '@temporalio/common';
import { OwnInterceptors } from '../own-interceptors';
import type { HeaderCodec } from './header-codec';
import type { NexusHeaderCodec } from './nexus-headers';

/** Interceptors that seal and open headers. */
export const HEADER_INTERCEPTORS = new OwnInterceptors(Symbol.for('@waxseal/temporal/HeaderInterceptor'));

/**
 * Interceptors of a client with those that seal headers as the last ones: nearest to the server, so that they
 * see what all others have put in.
 */
export function withSealingInterceptors(
  interceptors: ClientInterceptors | undefined,
  codec: HeaderCodec,
  nexus: NexusHeaderCodec,
  namespace: string,
): ClientInterceptors {
  return HEADER_INTERCEPTORS.lastOfClient(interceptors, {
    workflow: workflowInterceptor(codec, namespace),
    schedule: scheduleInterceptor(codec, namespace),
    activity: activityInterceptor(codec, namespace),
    nexus: nexusInterceptor(nexus),
  });
}

/** Seals with the context that the SDK gives the payloads of the same call. */
function workflowInterceptor(codec: HeaderCodec, namespace: string): WorkflowClientInterceptor {
  const contextOf = (workflowId: string): WorkflowSerializationContext => ({
    type: 'workflow',
    namespace,
    workflowId,
  });
  const started = async (input: WorkflowStartInput): Promise<WorkflowStartInput> => ({
    ...input,
    headers: await codec.encode(input.headers, contextOf(input.options.workflowId)),
  });
  const sealed = async <
    Input extends {
      headers: WorkflowStartInput['headers'];
      workflowExecution: { workflowId?: string | null };
    },
  >(
    input: Input,
  ): Promise<Input> => {
    const { workflowId } = input.workflowExecution;
    const context = workflowId ? contextOf(workflowId) : undefined;
    return { ...input, headers: await codec.encode(input.headers, context) };
  };
  return {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the first SDKs from 1.18 on know no other
    start: async (input, next) => next(await started(input)),
    startWithDetails: async (input, next) => next(await started(input)),
    signal: async (input, next) => next(await sealed(input)),
    query: async (input, next) => next(await sealed(input)),
    startUpdate: async (input, next) => next(await sealed(input)),
    signalWithStart: async (input, next) => {
      const context = contextOf(input.options.workflowId);
      return next({ ...input, headers: await codec.encode(input.headers, context) });
    },
    startUpdateWithStart: async (input, next) => {
      const context = contextOf(input.workflowStartOptions.workflowId);
      return next({
        ...input,
        workflowStartHeaders: await codec.encode(input.workflowStartHeaders, context),
        updateHeaders: await codec.encode(input.updateHeaders, context),
      });
    },
  };
}

/**
 * An update of a schedule has no interceptor, and hands back the headers that are stored: sealed ones stay
 * sealed. The workflow ID has no time yet, which an envelope's context allows for.
 */
function scheduleInterceptor(codec: HeaderCodec, namespace: string): ScheduleClientInterceptor {
  return {
    create: async (input, next) => {
      const { workflowId } = input.options.action;
      const context = { type: 'workflow', namespace, workflowId } as const;
      return next({ ...input, headers: await codec.encode(input.headers, context) });
    },
  };
}

function activityInterceptor(codec: HeaderCodec, namespace: string): ActivityClientInterceptor {
  return {
    start: async (input, next) => {
      const context = {
        type: 'activity',
        namespace,
        activityId: input.options.id,
        isLocal: false,
      } as const;
      return next({ ...input, headers: await codec.encode(input.headers, context) });
    },
  };
}

function nexusInterceptor(codec: NexusHeaderCodec): NexusClientInterceptor {
  return {
    startOperation: async (input, next) =>
      next(input.headers === undefined ? input : { ...input, headers: await codec.encode(input.headers) }),
  };
}
