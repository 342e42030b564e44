import { join } from 'node:path';
import { Client, type WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { CleanUp, waitUntil } from '@waxseal/bring-up';
import { EnvelopeCodec, Keyring, type DataKeyOptions } from '@waxseal/core';
import { EnvelopePlugin } from '@waxseal/temporal';
import type { FaultyKeyService } from '../key-services/faulty-key-service';
import { Gates } from './gates';
import { countedActivities, Ledger, Orders, type OrderHandle } from './orders';
import type { Stage } from './stage';
import { WatchedWorker, WorkerProcess } from './worker-process';

/**
 * Where one fault is made: a task queue with its Workers, clients and orders, and a key service of its own.
 */
export class Scene {
  readonly stage: Stage;
  readonly service: FaultyKeyService;
  /** The task queue. */
  readonly name: string;
  /** In every confidential value of this scene. */
  readonly needle: string;
  readonly ledger: Ledger;
  readonly gates = new Gates();
  readonly workers: WatchedWorker[] = [];
  readonly processes: WorkerProcess[] = [];
  readonly orders: Orders;
  /** Workflows of other types so far. */
  readonly others: WorkflowHandle[] = [];
  /** What was not as it should be. */
  readonly problems: string[] = [];
  /** What is worth a word in the report. */
  readonly remarks: string[] = [];
  /** When the fault ended, in milliseconds since 1970. */
  endedAtMs = 0;

  readonly #cleanUp = new CleanUp();

  constructor({ stage, service, name }: SceneOptions) {
    this.stage = stage;
    this.service = service;
    this.name = name;
    this.needle = `${stage.marker}x${name.replaceAll(/[^a-z0-9]/g, '')}x`;
    this.orders = new Orders(stage, name, this.needle);
    this.ledger = new Ledger(join(stage.directory, `${name}.ledger`));
  }

  /** Notes what is not as it should be; the same only once. */
  problem(text: string): void {
    if (!this.problems.includes(text)) this.problems.push(text);
  }

  /** Notes a problem unless `isTrue`. */
  expect(isTrue: boolean, problem: string): void {
    if (!isTrue) this.problem(problem);
  }

  /** Ends the fault: acts, and looks at the clock. */
  async end(act: () => void | Promise<void>): Promise<void> {
    await act();
    this.endedAtMs = Date.now();
  }

  /**
   * Starts a Worker in this process, with a codec of its own, as a process of its own would have.
   *
   * @throws as `Worker.create` does, when it cannot get a data key
   */
  async startWorker(dataKeys?: DataKeyOptions): Promise<WatchedWorker> {
    const worker = await Worker.create({
      connection: this.stage.nativeConnection,
      namespace: this.stage.namespace,
      taskQueue: this.name,
      workflowBundle: { codePath: this.stage.bundleFile },
      activities: countedActivities(this.ledger, this.gates),
      plugins: [new EnvelopePlugin({ codec: this.#newCodec(dataKeys) })],
      shutdownGraceTime: '1s',
      shutdownForceTime: '10s',
    });
    const watched = new WatchedWorker(worker);
    this.workers.push(watched);
    this.#cleanUp.add(() => watched.stop());
    return watched;
  }

  /** Starts a Worker in a process of its own. */
  startWorkerProcess(): WorkerProcess {
    const { address, namespace, bundleFile } = this.stage;
    const started = new WorkerProcess({
      ...this.service.environment,
      WAXSEAL_PRIMARY_KEY: this.service.keyUri,
      FAULTS_TEMPORAL_ADDRESS: address,
      FAULTS_NAMESPACE: namespace,
      FAULTS_TASK_QUEUE: this.name,
      FAULTS_BUNDLE: bundleFile,
      FAULTS_LEDGER: this.ledger.file,
    });
    this.processes.push(started);
    this.#cleanUp.add(() => started.kill());
    return started;
  }

  /** A client as a process of its own would have, with a data key that no Worker has seen. */
  async newClient(dataKeys?: DataKeyOptions): Promise<Client> {
    const codec = this.#newCodec(dataKeys);
    await codec.warmUp();
    const { connection, namespace } = this.stage;
    return new Client({ connection, namespace, plugins: [new EnvelopePlugin({ codec })] });
  }

  /** Waits until `count` orders had the effect. */
  async haveHad(effect: string, count: number, timeoutMs = 60_000): Promise<void> {
    const had = (): boolean => this.ledger.ordersWith(effect) >= count;
    if (!(await waitUntil(had, { timeoutMs, intervalMs: 500 }))) {
      this.problem(`only ${String(this.ledger.ordersWith(effect))} of ${String(count)} had ${effect}`);
    }
  }

  /**
   * Waits until all of these workflows are closed, or a Worker has ended that should run; whether they are.
   */
  async settle(workflows: readonly { readonly workflowId: string }[], timeoutMs: number): Promise<boolean> {
    const areClosed = async (): Promise<boolean> =>
      (await this.orders.closed(workflows)) === workflows.length;
    const hasEnded = (): boolean => this.workers.some(({ failure }) => failure !== undefined);
    await waitUntil(async () => hasEnded() || (await areClosed()), { timeoutMs, intervalMs: 500 });
    return areClosed();
  }

  /** Stops the Workers, and closes what they had. */
  async strike(): Promise<void> {
    await this.#cleanUp.run();
  }

  #newCodec(dataKeys?: DataKeyOptions): EnvelopeCodec {
    const codec = new EnvelopeCodec({
      keyring: new Keyring({ primary: this.service.newKey() }),
      dataKeys,
    });
    this.#cleanUp.add(() => {
      codec.close();
    });
    return codec;
  }
}

/** What a scene is made of. */
interface SceneOptions {
  readonly stage: Stage;
  readonly service: FaultyKeyService;
  /** Unique in the run; the task queue and the start of each workflow's ID. */
  readonly name: string;
}

const START_TO_CLOSE = temporal.api.enums.v1.TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE;

/** How many workflow tasks of an order a Worker took and did not answer in time. */
export async function workflowTaskTimeouts(order: OrderHandle): Promise<number> {
  const { events } = await order.fetchHistory();
  const timeouts = (events ?? []).filter(
    ({ workflowTaskTimedOutEventAttributes: timeout }) => timeout?.timeoutType === START_TO_CLOSE,
  );
  return timeouts.length;
}
