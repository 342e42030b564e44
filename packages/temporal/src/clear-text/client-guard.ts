import type {
  ActivityClientInterceptor,
  ClientInterceptors,
  CreateScheduleInput,
  NexusClientInterceptor,
  ScheduleClientInterceptor,
  WorkflowClientInterceptor,
  WorkflowStartInput,
} from '@temporalio/client';
import type { Headers } from '@temporalio/common';
import type { Worker } from '@temporalio/worker';
import type { ClearText, ClearTextGuard } from './clear-text-guard';
import { namesIn, one, type SearchAttributeOptions, searchAttributeTexts, textsIn } from './clear-texts';

/** Tells these interceptors, also those of a second copy of this package. */
const CLEAR_TEXT_INTERCEPTOR: unique symbol = Symbol.for('@waxseal/temporal/ClearTextInterceptor');

/**
 * Interceptors of a client with those of a guard as the last ones: nearest to the server, so that they see
 * what is sent. On a client that has them already, they take the place of those.
 */
export function withGuardInterceptors(
  interceptors: ClientInterceptors | undefined,
  guard: ClearTextGuard,
): ClientInterceptors {
  const workflow = mark(workflowInterceptor(guard));
  const given = interceptors?.workflow;
  return {
    ...interceptors,
    workflow:
      given === undefined || Array.isArray(given)
        ? [...others(given), workflow]
        : // eslint-disable-next-line @typescript-eslint/no-deprecated -- still taken
          { ...given, calls: [...others(given.calls), mark(() => workflow)] },
    schedule: [...others(interceptors?.schedule), mark(scheduleInterceptor(guard))],
    activity: [...others(interceptors?.activity), mark(activityInterceptor(guard))],
    nexus: [...others(interceptors?.nexus), mark(nexusInterceptor(guard))],
  };
}

/** The same for the client that a Worker hands to its activities, once it is made. */
export function guardOwnClient(worker: Worker, guard: ClearTextGuard): void {
  const { interceptors } = worker.options;
  // Of a Worker's client, the SDK (1.24) drops interceptors of activities and Nexus operations.
  Object.assign(interceptors.client, withGuardInterceptors(interceptors.client, guard));
  (worker as unknown as { _client?: unknown })._client = undefined;
}

function mark<T extends object>(interceptor: T): T {
  return Object.defineProperty(interceptor, CLEAR_TEXT_INTERCEPTOR, { value: true });
}

function others<T extends object>(interceptors: readonly T[] | undefined): T[] {
  return (interceptors ?? []).filter((interceptor) => !(CLEAR_TEXT_INTERCEPTOR in interceptor));
}

/** What is started, as far as Temporal keeps it in clear. */
interface Started extends SearchAttributeOptions {
  readonly workflowId?: string | undefined;
  readonly taskQueue?: string | undefined;
  readonly memo?: Readonly<Record<string, unknown>> | undefined;
}

function* startTexts(type: string, headers: Headers, options: Started): Iterable<ClearText> {
  yield* one('workflow type', type);
  yield* one('workflow ID', options.workflowId);
  yield* one('task queue', options.taskQueue);
  yield* namesIn('memo key', options.memo);
  yield* namesIn('header name', headers);
  yield* searchAttributeTexts(options);
}

function workflowInterceptor(guard: ClearTextGuard): WorkflowClientInterceptor {
  const started = ({ workflowType, headers, options }: WorkflowStartInput): void => {
    guard.check(startTexts(workflowType, headers, options));
  };
  return {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the first SDKs from 1.18 on know no other
    start: async (input, next) => {
      started(input);
      return next(input);
    },
    startWithDetails: async (input, next) => {
      started(input);
      return next(input);
    },
    signal: async (input, next) => {
      guard.check([...one('signal name', input.signalName), ...namesIn('header name', input.headers)]);
      return next(input);
    },
    signalWithStart: async (input, next) => {
      const { workflowType, headers, options, signalName } = input;
      guard.check([...one('signal name', signalName), ...startTexts(workflowType, headers, options)]);
      return next(input);
    },
    startUpdate: async (input, next) => {
      guard.check([
        ...one('update name', input.updateName),
        ...one('update ID', input.options.updateId),
        ...namesIn('header name', input.headers),
      ]);
      return next(input);
    },
    startUpdateWithStart: async (input, next) => {
      guard.check([
        ...one('update name', input.updateName),
        ...one('update ID', input.updateOptions.updateId),
        ...namesIn('header name', input.updateHeaders),
        ...startTexts(input.workflowType, input.workflowStartHeaders, input.workflowStartOptions),
      ]);
      return next(input);
    },
    query: async (input, next) => {
      guard.check([...one('query name', input.queryType), ...namesIn('header name', input.headers)]);
      return next(input);
    },
    terminate: async (input, next) => {
      guard.check(one('reason', input.reason));
      return next(input);
    },
  };
}

function scheduleInterceptor(guard: ClearTextGuard): ScheduleClientInterceptor {
  return {
    create: async (input, next) => {
      guard.check(scheduleTexts(input));
      return next(input);
    },
  };
}

function* scheduleTexts({ options, headers }: CreateScheduleInput): Iterable<ClearText> {
  const { scheduleId, memo, action, state } = options;
  yield* one('schedule ID', scheduleId);
  yield* one('schedule note', state?.note);
  yield* namesIn('memo key', memo);
  yield* searchAttributeTexts(options);
  yield* startTexts(action.workflowType, headers, action);
}

function activityInterceptor(guard: ClearTextGuard): ActivityClientInterceptor {
  return {
    start: async (input, next) => {
      const { activityType, options, headers } = input;
      guard.check([
        ...one('activity type', activityType),
        ...one('activity ID', options.id),
        ...one('task queue', options.taskQueue),
        ...namesIn('header name', headers),
        ...searchAttributeTexts(options),
      ]);
      return next(input);
    },
    cancel: async (input, next) => {
      guard.check(one('reason', input.reason));
      return next(input);
    },
    terminate: async (input, next) => {
      guard.check(one('reason', input.reason));
      return next(input);
    },
  };
}

function nexusInterceptor(guard: ClearTextGuard): NexusClientInterceptor {
  return {
    startOperation: async (input, next) => {
      guard.check([
        ...[input.endpoint, input.service, input.operation].flatMap((name) => [...one('Nexus name', name)]),
        ...one('Nexus operation ID', input.id),
        ...textsIn('Nexus header', input.headers),
        ...searchAttributeTexts(input),
      ]);
      return next(input);
    },
    cancel: async (input, next) => {
      guard.check(one('reason', input.reason));
      return next(input);
    },
    terminate: async (input, next) => {
      guard.check(one('reason', input.reason));
      return next(input);
    },
  };
}
