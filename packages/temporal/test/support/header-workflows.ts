import { defaultPayloadConverter } from '@temporalio/common';
import * as workflow from '@temporalio/workflow';
import * as nexus from 'nexus-rpc';

/** Header that the interceptors of client, workflows and activities write and read. */
export const HEADER = 'x-tenant';

export const poke = workflow.defineSignal('poke');
export const finish = workflow.defineSignal('finish');
export const look = workflow.defineQuery<string[]>('look');
export const change = workflow.defineUpdate<string[]>('change');

export const headerService = nexus.service('headers', { echo: nexus.operation<string, string>() });

/** What the header held, each time that one was received in this workflow. */
const received: string[] = [];

/** The end of a workflow's ID, which all of a run have in common. */
const runOf = (): string => workflow.workflowInfo().workflowId.split('_')[1] ?? '';

const canary = (kind: string): string => `canary-${kind}-${runOf()}`;

const sending = <T extends { readonly headers: workflow.Headers }>(input: T, kind: string): T => ({
  ...input,
  headers: { ...input.headers, [HEADER]: defaultPayloadConverter.toPayload(canary(kind)) },
});

function receive({ headers }: { readonly headers: workflow.Headers }): void {
  const payload = headers[HEADER];
  if (payload !== undefined) received.push(defaultPayloadConverter.fromPayload(payload));
}

/** Reads each header that comes, and puts one of its own into all that goes out. */
export const interceptors = (): workflow.WorkflowInterceptors => ({
  inbound: [
    {
      execute: (input, next) => {
        receive(input);
        return next(input);
      },
      handleSignal: (input, next) => {
        receive(input);
        return next(input);
      },
      handleQuery: (input, next) => {
        receive(input);
        return next(input);
      },
      handleUpdate: (input, next) => {
        receive(input);
        return next(input);
      },
    },
  ],
  outbound: [
    {
      scheduleActivity: (input, next) => next(sending(input, 'activity')),
      scheduleLocalActivity: (input, next) => next(sending(input, 'local-activity')),
      startChildWorkflowExecution: (input, next) => next(sending(input, 'child')),
      signalWorkflow: (input, next) => next(sending(input, 'external-signal')),
      continueAsNew: (input, next) => next(sending(input, 'continued')),
      startNexusOperation: (input, next) =>
        next({ ...input, headers: { ...input.headers, [HEADER]: canary('nexus') } }),
    },
  ],
});

const { echo } = workflow.proxyActivities<{ echo: () => Promise<string> }>({ startToCloseTimeout: '20s' });
const { echo: echoLocally } = workflow.proxyLocalActivities<{ echo: () => Promise<string> }>({
  startToCloseTimeout: '20s',
});

/** Sends a header in each way there is, and gives back what came in each way. */
export async function carries(): Promise<string[]> {
  let isDone = false;
  workflow.setHandler(poke, () => undefined);
  workflow.setHandler(finish, () => {
    isDone = true;
  });
  workflow.setHandler(look, () => received);
  workflow.setHandler(change, () => [...received]);
  const { workflowId } = workflow.workflowInfo();
  const endpoint = `headers-${runOf()}`;
  const results = [
    await echo(),
    await echoLocally(),
    ...(await workflow.executeChild(child, { args: [], workflowId: `child-of-${workflowId}` })),
    await workflow
      .createNexusServiceClient({ service: headerService, endpoint })
      .executeOperation('echo', 'input', { scheduleToCloseTimeout: '20s' }),
  ];
  await workflow.condition(() => isDone);
  return [...received, ...results];
}

/** Goes on as another run, which signals the parent. */
export async function child(earlier?: string[]): Promise<string[]> {
  if (earlier === undefined) return workflow.continueAsNew<typeof child>(received);
  const { parent } = workflow.workflowInfo();
  if (parent !== undefined) await workflow.getExternalWorkflowHandle(parent.workflowId).signal(poke);
  return [...earlier, ...received];
}

/** Waits for one signal. */
export async function waits(): Promise<string[]> {
  let isDone = false;
  workflow.setHandler(finish, () => {
    isDone = true;
  });
  workflow.setHandler(look, () => received);
  workflow.setHandler(change, () => [...received]);
  await workflow.condition(() => isDone);
  return received;
}

/** Ends at once. */
export function ends(): Promise<string[]> {
  return Promise.resolve(received);
}
