import type { ActivitySerializationContext } from '@temporalio/common';
import type {
  ActivityInterceptorsFactory,
  NexusInboundCallsInterceptor,
  NexusInterceptorsFactory,
  WorkerInterceptors,
} from '@temporalio/worker';
import { HEADER_INTERCEPTORS } from './client-headers';
import type { HeaderCodec } from './header-codec';
import type { NexusHeaderCodec, NexusHeaderMap } from './nexus-headers';

/**
 * Interceptors of a Worker with those that open headers as the first ones, so that all others see what the
 * sender's have put in. Those of workflows run in the sandbox, where nothing can be decrypted:
 * `workflow-headers.ts` sees to them.
 */
export function withOpeningInterceptors(
  interceptors: WorkerInterceptors | undefined,
  codec: HeaderCodec,
  nexus: NexusHeaderCodec,
  namespace: string,
): WorkerInterceptors {
  const activity = HEADER_INTERCEPTORS.mark(activityInterceptors(codec, namespace));
  // The SDK puts these factories, which it calls deprecated, before those of `activity`.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const earlier = HEADER_INTERCEPTORS.others(interceptors?.activityInbound);
  const asFactories = earlier.map((factory): ActivityInterceptorsFactory => (ctx) => ({
    inbound: factory(ctx),
  }));
  return {
    ...interceptors,
    activity: [activity, ...asFactories, ...HEADER_INTERCEPTORS.others(interceptors?.activity)],
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- they are in activity now
    activityInbound: [],
    nexus: [
      HEADER_INTERCEPTORS.mark(nexusInterceptors(nexus)),
      ...HEADER_INTERCEPTORS.others(interceptors?.nexus),
    ],
  };
}

/** Opens with the context that the SDK gives the payloads of the same activity. */
function activityInterceptors(codec: HeaderCodec, namespace: string): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      execute: async (input, next) => {
        const context: ActivitySerializationContext = {
          type: 'activity',
          namespace,
          activityId: info.activityId,
          isLocal: info.isLocal,
          // SDKs before 1.23 know no activity without a workflow.
          ...(info.workflowExecution === undefined ? {} : { workflowId: info.workflowExecution.workflowId }),
        };
        return next({ ...input, headers: await codec.decode(input.headers, context) });
      },
    },
  });
}

/** Opens in place: handler, interceptors and operation context share one map. */
function nexusInterceptors(codec: NexusHeaderCodec): NexusInterceptorsFactory {
  const open = async (headers: NexusHeaderMap): Promise<void> => {
    Object.assign(headers, await codec.decode(headers));
  };
  const inbound: NexusInboundCallsInterceptor = {
    startOperation: async (input, next) => {
      await open(input.ctx.headers);
      return next(input);
    },
    cancelOperation: async (input, next) => {
      await open(input.ctx.headers);
      await next(input);
    },
  };
  return () => ({ inbound });
}
