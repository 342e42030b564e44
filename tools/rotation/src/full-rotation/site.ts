import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, type Connection } from '@temporalio/client';
import { type CleanUp } from '@waxseal/bring-up';
import { EnvelopePlugin } from '@waxseal/temporal';
import { waxsealPath } from '../waxseal';
import { keyringOf } from './keys';

/** What all processes of a site share. */
export interface SiteOptions {
  readonly connection: Connection;
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly config: string;
  /** Variables that lead to the key service. */
  readonly environment: NodeJS.ProcessEnv;
  readonly cleanUp: CleanUp;
}

interface Deployed {
  readonly url: string;
  readonly child: ChildProcess;
}

/** Two Workers, a Codec Server and a client, each with the keys of the time at which it was deployed. */
export class Site {
  readonly #options: SiteOptions;
  readonly #workers: Deployed[] = [];
  #codecServer: Deployed | undefined;

  constructor(options: SiteOptions) {
    this.#options = options;
  }

  /** Starts all, or replaces all, one after the other. */
  async deploy(): Promise<Client> {
    for (const index of [0, 1]) await this.deployWorker(index);
    const before = this.#codecServer;
    const args = ['serve', '--config', this.#options.config, '--port', '0'];
    this.#codecServer = await this.#start([waxsealPath, ...args], 'stdout', /Codec Server at (\S+)/);
    if (before !== undefined) await stop(before);
    return this.client();
  }

  /** Starts a Worker, or puts one with the current configuration in its place. */
  async deployWorker(index: number): Promise<void> {
    const { config, address, namespace, taskQueue } = this.#options;
    const args = [join(__dirname, 'worker.js'), config, address, namespace, taskQueue];
    const next = await this.#start(args, 'stderr', /metrics at (\S+)/);
    const before = this.#workers[index];
    this.#workers[index] = next;
    if (before !== undefined) await stop(before);
  }

  /** A client with the current configuration. */
  client(): Client {
    const { connection, namespace, config } = this.#options;
    const plugin = new EnvelopePlugin({ keyring: keyringOf(readFileSync(config, 'utf8')) });
    this.#options.cleanUp.add(() => {
      plugin.codec.close();
    });
    return new Client({ connection, namespace, plugins: [plugin] });
  }

  /** Options that name all processes to `waxseal keys rotate`. */
  get processes(): readonly string[] {
    return [
      '--codec-server',
      this.#codecServer?.url ?? '',
      ...this.#workers.flatMap(({ url }) => ['--worker-metrics', url]),
    ];
  }

  async #start(args: readonly string[], output: 'stdout' | 'stderr', ready: RegExp): Promise<Deployed> {
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ...this.#options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#options.cleanUp.add(() => child.kill('SIGKILL'));
    const said: string[] = [];
    const url = await new Promise<string>((resolve, reject) => {
      for (const name of ['stdout', 'stderr'] as const) {
        createInterface({ input: child[name] }).on('line', (line) => {
          said.push(line);
          const found = name === output ? ready.exec(line)?.[1] : undefined;
          if (found !== undefined) resolve(found);
        });
      }
      child.once('close', () => {
        reject(new Error(said.join('\n')));
      });
    });
    return { url, child };
  }
}

async function stop({ child }: Deployed): Promise<void> {
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGTERM');
  await gone;
}
