import type {
  ActivityClientInterceptor,
  ClientInterceptors,
  CreateScheduleInput,
  NexusClientInterceptor,
  WorkflowClientInterceptor,
  WorkflowStartInput,
} from '@temporalio/client';
import type { Headers } from '@temporalio/common';
import { OwnInterceptors } from '../own-interceptors';
import type { ClearText, ClearTextGuard } from './clear-text-guard';
import { namesIn, one, type SearchAttributeOptions, searchAttributeTexts, textsIn } from './clear-texts';

/** Interceptors that check what is sent in clear. */
const GUARD_INTERCEPTORS = new OwnInterceptors(Symbol.for('@waxseal/temporal/ClearTextInterceptor'));

/** Interceptors of a client with those of a guard as the last ones. */
export function withGuardInterceptors(
  interceptors: ClientInterceptors | undefined,
  guard: ClearTextGuard,
): ClientInterceptors {
  const checking = checkingBy(guard);
  return GUARD_INTERCEPTORS.lastOfClient(interceptors, {
    workflow: workflowInterceptor(checking),
    schedule: { create: checking(scheduleTexts) },
    activity: activityInterceptor(checking),
    nexus: nexusInterceptor(checking),
  });
}

/** Makes a method of an interceptor: it checks what its input leaves in clear, and goes on. */
type Checking = <Input, Output>(
  textsOf: (input: Input) => Iterable<ClearText>,
) => (input: Input, next: (input: Input) => Promise<Output>) => Promise<Output>;

function checkingBy(guard: ClearTextGuard): Checking {
  return (textsOf) => async (input, next) => {
    guard.check(textsOf(input));
    return next(input);
  };
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

function workflowInterceptor(checking: Checking): WorkflowClientInterceptor {
  const started = ({ workflowType, headers, options }: WorkflowStartInput): Iterable<ClearText> =>
    startTexts(workflowType, headers, options);
  return {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the first SDKs from 1.18 on know no other
    start: checking(started),
    startWithDetails: checking(started),
    signal: checking((input) => [
      ...one('signal name', input.signalName),
      ...namesIn('header name', input.headers),
    ]),
    signalWithStart: checking(({ workflowType, headers, options, signalName }) => [
      ...one('signal name', signalName),
      ...startTexts(workflowType, headers, options),
    ]),
    startUpdate: checking((input) => [
      ...one('update name', input.updateName),
      ...one('update ID', input.options.updateId),
      ...namesIn('header name', input.headers),
    ]),
    startUpdateWithStart: checking((input) => [
      ...one('update name', input.updateName),
      ...one('update ID', input.updateOptions.updateId),
      ...namesIn('header name', input.updateHeaders),
      ...startTexts(input.workflowType, input.workflowStartHeaders, input.workflowStartOptions),
    ]),
    query: checking((input) => [
      ...one('query name', input.queryType),
      ...namesIn('header name', input.headers),
    ]),
    terminate: checking(({ reason }) => one('reason', reason)),
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

function activityInterceptor(checking: Checking): ActivityClientInterceptor {
  return {
    start: checking(({ activityType, options, headers }) => [
      ...one('activity type', activityType),
      ...one('activity ID', options.id),
      ...one('task queue', options.taskQueue),
      ...namesIn('header name', headers),
      ...searchAttributeTexts(options),
    ]),
    cancel: checking(({ reason }) => one('reason', reason)),
    terminate: checking(({ reason }) => one('reason', reason)),
  };
}

function nexusInterceptor(checking: Checking): NexusClientInterceptor {
  return {
    startOperation: checking((input) => [
      ...[input.endpoint, input.service, input.operation].flatMap((name) => [...one('Nexus name', name)]),
      ...one('Nexus operation ID', input.id),
      ...textsIn('Nexus header', input.headers),
      ...searchAttributeTexts(input),
    ]),
    cancel: checking(({ reason }) => one('reason', reason)),
    terminate: checking(({ reason }) => one('reason', reason)),
  };
}
