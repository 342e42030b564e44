import { searchBytes } from '@waxseal/bring-up';
import type { ProcessOrder } from '@waxseal/example-order-processing/dist/workflows';
import type { Fault } from '../fault';
import type { KeyServiceName } from '../key-services/faulty-key-service';
import type { Execution } from '../scene/executions';
import { inGroups } from '../scene/in-groups';
import type { Scene } from '../scene/scene';

/** What an order does outside of Temporal. */
const EFFECTS = ['reserve', 'authorise', 'charge', 'ship'];
/** Histories that are searched one by one where the whole database is searched as well. */
const HISTORIES = 40;
/** Results that are read. */
const RESULTS = 20;
const RIGHT_RESULT = /^Order paid \(Confirmation #: \d+\) and shipped \(Tracking #: SW-\d+\)$/;

/** Looks at what a fault has left, after all workflows have closed or should have. */
export async function judge(fault: Fault, scene: Scene): Promise<Outcome> {
  const { service, workers, processes, stage } = scene;
  const all = await scene.orders.executions();
  const failed = all.filter(({ status }) => status !== 'COMPLETED');
  scene.expect(
    failed.length === 0,
    `${String(failed.length)} workflows are ${[...new Set(failed.map(({ status }) => status))].join(', ')}`,
  );
  const states = [...new Set([...workers, ...processes].flatMap((worker) => [...worker.states]))];
  scene.expect(states.join() === 'RUNNING', `Workers were ${states.join(', ') || 'never seen'}`);
  for (const { failure } of workers) {
    if (failure !== undefined) scene.problem(`a Worker ended: ${textOf(failure)}`);
  }
  const outputs = [stage.log(), ...processes.map(({ output }) => output)].join('\n');
  const histories = stage.databaseFile === undefined ? all : all.slice(0, HISTORIES);
  const texts = await inGroups(histories, (execution) => historyOf(scene, execution));
  const hits = searchBytes(Buffer.from(`${texts.join('\n')}\n${outputs}`), [scene.needle, scene.name]);
  const plaintext = hits.filter(({ needle }) => needle === scene.needle).length;
  scene.expect(hits.length > plaintext, 'the search of the histories does not find what is in them');
  await checkResults(scene);
  const leaked = searchBytes(Buffer.from(outputs), service.secrets).length;
  scene.expect(leaked === 0, `${String(leaked)} credentials were logged`);
  const lastClosedAtMs = Math.max(0, ...all.map(({ closedAtMs }) => closedAtMs ?? 0));
  return {
    fault,
    service: service.name,
    workerStates: states,
    completed: all.length - failed.length,
    failed: failed.length,
    sideEffects: sideEffects(fault, scene),
    plaintext,
    recoveryMs: Math.max(0, lastClosedAtMs - scene.endedAtMs),
    keyRequests: service.proxy.requests,
    problems: scene.problems,
    remarks: scene.remarks,
  };
}

/** Reads results as a client does that was not there before. */
async function checkResults(scene: Scene): Promise<void> {
  const client = await scene.newClient();
  const closed = (await scene.orders.executions()).filter(({ status }) => status === 'COMPLETED');
  const ids = new Set(closed.map(({ workflowId }) => workflowId));
  const orders = scene.orders.placed.filter(({ workflowId }) => ids.has(workflowId)).slice(0, RESULTS);
  const results = await inGroups(orders, ({ workflowId }) =>
    client.workflow.getHandle<typeof ProcessOrder>(workflowId).result(),
  );
  scene.expect(
    results.every((result) => RIGHT_RESULT.test(result)),
    'a result is wrong',
  );
}

function sideEffects({ repeats }: Fault, scene: Scene): [number, number] {
  const counts = scene.ledger.counts();
  const effects = scene.orders.placed.flatMap(({ workflowId }) =>
    EFFECTS.map((effect) => ({ effect, times: counts.get(workflowId)?.get(effect) ?? 0 })),
  );
  const numbers = effects.map(({ times }) => times);
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  if (numbers.length === 0) return [0, 0];
  scene.expect(least >= 1, 'a side effect did not run');
  const atMost = repeats?.atMost ?? 1;
  const repeated = effects.find(({ times }) => times > atMost);
  scene.expect(
    repeated === undefined,
    `the side effect ${String(repeated?.effect)} ran ${String(most)} times, not ${String(atMost)} at most`,
  );
  return [least, most];
}

async function historyOf({ stage }: Scene, { workflowId, runId }: Execution): Promise<string> {
  const { workflowService } = stage.connection;
  const { history } = await workflowService.getWorkflowExecutionHistory({
    namespace: stage.namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1000,
  });
  return JSON.stringify(history);
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).slice(0, 1500) : String(error);
}

/** Whether an outcome is as it should be, or falls short by a known gap only: plaintext is never excused. */
export function isOk({ fault: { knownGap }, problems, plaintext }: Outcome): boolean {
  return plaintext === 0 && problems.every((problem) => knownGap?.shows.test(problem) === true);
}

/** What became of one fault with one key service. */
export interface Outcome {
  readonly fault: Fault;
  readonly service: KeyServiceName;
  /** The states that Workers were seen in. */
  readonly workerStates: readonly string[];
  readonly completed: number;
  readonly failed: number;
  /** Of one effect of one order: least and most. */
  readonly sideEffects: readonly [number, number];
  /** Confidential texts found. */
  readonly plaintext: number;
  /** From the end of the fault until the last workflow closed; 0 where all had closed before. */
  readonly recoveryMs: number;
  /** Requests that reached the key service, or would have. */
  readonly keyRequests: number;
  readonly problems: readonly string[];
  readonly remarks: readonly string[];
}
