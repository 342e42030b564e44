import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CleanUp, startPostgres, waitUntil } from '@waxseal/bring-up';
import { PostgresStore } from '@waxseal/store';
import { type AwsKmsDouble, startAwsKmsDouble } from '@waxseal/testing';
import type { SentPayload, ToldByWorker, WorkerTask } from './worker';

/** What a fleet is to do. */
export interface FleetPlan {
  readonly workers: number;
  readonly isShared: boolean;
  readonly maxAgeMs: number;
  /** How long all of them work, before any is killed or replaced. */
  readonly steadyMs: number;
  /** How many are killed and started again, one after the other. */
  readonly killed: number;
  /** Whether all are replaced, one after the other. */
  readonly isDeployed: boolean;
}

/** What a fleet asked the key service for, in one part of its life. */
export interface FleetCounts {
  readonly part: 'start' | 'steady' | 'kills' | 'deployment';
  readonly seconds: number;
  /** Starts of workers. */
  readonly starts: number;
  readonly wraps: number;
  readonly unwraps: number;
  /** Of the secret by which a fleet authenticates what it shares. */
  readonly secretRequests: number;
}

/** What became of a fleet. */
export interface FleetReport {
  readonly counts: readonly FleetCounts[];
  /** Payloads that were decoded by others than those who had encoded them. */
  readonly decoded: number;
  readonly failed: number;
}

/** As it is built. */
const WORKER = join(__dirname, '../../dist/processes/worker.js');
const RELAY_MS = 200;
const READY_MS = 60_000;
const SECRET_AAD = Buffer.from('waxseal/v1/exchange-secret').toString('base64');

interface Worker {
  readonly process: ChildProcess;
  latest: ToldByWorker | undefined;
}

/** Worker processes of one fleet: each reads what all others write. */
class Fleet {
  readonly #task: Omit<WorkerTask, 'accessKeyId'>;
  readonly #workers: Worker[] = [];
  readonly #relay: NodeJS.Timeout;
  #decodedBefore = 0;
  #failedBefore = 0;
  starts = 0;

  constructor(task: Omit<WorkerTask, 'accessKeyId'>) {
    this.#task = task;
    this.#relay = setInterval(() => {
      this.#relayAll();
    }, RELAY_MS);
  }

  start(): Worker {
    this.starts += 1;
    const task: WorkerTask = { ...this.#task, accessKeyId: `AKIAWORKER${String(this.starts)}` };
    const child = fork(WORKER, [JSON.stringify(task)], {
      env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    });
    const worker: Worker = { process: child, latest: undefined };
    child.on('message', (told: ToldByWorker) => {
      worker.latest = told;
    });
    this.#workers.push(worker);
    return worker;
  }

  async ready(workers: readonly Worker[]): Promise<void> {
    if (
      !(await waitUntil(() => workers.every(({ latest }) => latest !== undefined), { timeoutMs: READY_MS }))
    ) {
      throw new Error('A worker did not encode anything.');
    }
  }

  /** Kills the worker that is there for longest, and starts another. */
  async replaceOldest(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const [oldest] = this.#workers;
    if (oldest !== undefined) await this.#end(oldest, signal);
    await this.ready([this.start()]);
  }

  get decoded(): number {
    return this.#decodedBefore + this.#workers.reduce((sum, { latest }) => sum + (latest?.decoded ?? 0), 0);
  }

  get failed(): number {
    return this.#failedBefore + this.#workers.reduce((sum, { latest }) => sum + (latest?.failed ?? 0), 0);
  }

  async close(): Promise<void> {
    clearInterval(this.#relay);
    await Promise.all(this.#workers.slice().map((worker) => this.#end(worker, 'SIGKILL')));
  }

  async #end(worker: Worker, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#workers.splice(this.#workers.indexOf(worker), 1);
    this.#decodedBefore += worker.latest?.decoded ?? 0;
    this.#failedBefore += worker.latest?.failed ?? 0;
    const ended = new Promise((resolve) => worker.process.once('exit', resolve));
    worker.process.kill(signal);
    await ended;
  }

  #relayAll(): void {
    for (const reader of this.#workers) {
      const payloads: SentPayload[] = this.#workers
        .filter((writer) => writer !== reader)
        .flatMap(({ latest }) => latest?.encoded ?? []);
      if (reader.latest !== undefined && reader.process.connected) reader.process.send(payloads);
    }
  }
}

/** Lets a fleet of real processes work, with a double of AWS KMS that counts, and a real PostgreSQL. */
export async function runFleet(plan: FleetPlan): Promise<FleetReport> {
  const cleanUp = new CleanUp();
  try {
    const kms = await startAwsKmsDouble();
    cleanUp.add(() => kms.close());
    const databaseUrl = plan.isShared ? await startDatabase(cleanUp) : undefined;
    const { maxAgeMs } = plan;
    const fleet = new Fleet({ endpoint: kms.endpoint, keyId: kms.createKey().arn, databaseUrl, maxAgeMs });
    cleanUp.add(() => fleet.close());
    const counts: FleetCounts[] = [];
    const part = async (name: FleetCounts['part'], work: () => Promise<unknown>): Promise<void> => {
      const [from, starts, begun] = [kms.requests.length, fleet.starts, performance.now()];
      await work();
      const seconds = (performance.now() - begun) / 1000;
      counts.push({ part: name, seconds, starts: fleet.starts - starts, ...countsOf(kms, from) });
    };
    await part('start', async () => {
      await fleet.ready(Array.from({ length: plan.workers }, () => fleet.start()));
      await delay(2 * RELAY_MS);
    });
    await part('steady', () => delay(plan.steadyMs));
    await part('kills', async () => {
      for (let count = 0; count < plan.killed; count++) await fleet.replaceOldest('SIGKILL');
    });
    await part('deployment', async () => {
      for (let count = 0; plan.isDeployed && count < plan.workers; count++)
        await fleet.replaceOldest('SIGTERM');
    });
    return { counts, decoded: fleet.decoded, failed: fleet.failed };
  } finally {
    await cleanUp.run();
  }
}

async function startDatabase(cleanUp: CleanUp): Promise<string> {
  const server = await startPostgres({ maxConnections: 200 });
  cleanUp.add(() => server.stop());
  const owner = new PostgresStore({ url: server.url });
  await owner.migrate();
  await owner.close();
  return server.url;
}

function countsOf(
  kms: AwsKmsDouble,
  from: number,
): Pick<FleetCounts, 'wraps' | 'unwraps' | 'secretRequests'> {
  const asked = kms.requests.slice(from);
  const isSecret = ({ encryptionContext }: (typeof asked)[number]): boolean =>
    encryptionContext['waxseal:aad'] === SECRET_AAD;
  const ofDataKeys = (action: string): number =>
    asked.filter((request) => request.action === action && !isSecret(request)).length;
  return {
    wraps: ofDataKeys('Encrypt'),
    unwraps: ofDataKeys('Decrypt'),
    secretRequests: asked.filter(isSecret).length,
  };
}
