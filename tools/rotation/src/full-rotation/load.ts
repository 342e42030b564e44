import type { Client } from '@temporalio/client';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessOrder } from '../workflows';

const EVERY_MS = 400;

/** Orders that are placed without a pause, as customers do while keys are rotated. */
export class Load {
  placed = 0;
  shipped = 0;
  readonly failures: string[] = [];
  readonly #taskQueue: string;
  readonly #open = new Set<Promise<void>>();
  #client: Client;
  #isOver = false;
  readonly #running: Promise<void>;

  constructor(client: Client, taskQueue: string) {
    this.#client = client;
    this.#taskQueue = taskQueue;
    this.#running = this.#run();
  }

  /** From now on orders are placed by another client, as after a deployment. */
  by(client: Client): void {
    this.#client = client;
  }

  /** Waits until so many more have been shipped. */
  async more(orders: number): Promise<void> {
    const goal = this.shipped + orders;
    while (this.shipped < goal && this.failures.length === 0) await delay(100);
  }

  /** Places no more, and waits for all that were. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#running;
    await Promise.all(this.#open);
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const order = this.#place();
      this.#open.add(order);
      void order.finally(() => this.#open.delete(order));
      await delay(EVERY_MS);
    }
  }

  async #place(): Promise<void> {
    const workflowId = `order-${String((this.placed += 1))}`;
    try {
      await this.#client.workflow.execute<typeof ProcessOrder>('ProcessOrder', {
        taskQueue: this.#taskQueue,
        workflowId,
        args: [
          {
            customer: { name: 'Ada Lovelace', email: 'ada.lovelace@example.com' },
            items: [{ sku: 'sealing-wax', quantity: 1, priceCents: 1_290 }],
            card: { holder: 'Ada Lovelace', number: '4242424242424242', expires: '11/29' },
            shippingAddress: { street: '12 St James Square', city: 'London', postcode: 'SW1Y 4JH' },
            deliveryNote: 'Ring twice',
          },
        ],
      });
      this.shipped += 1;
    } catch (error) {
      this.failures.push(`${workflowId}: ${String(error)}`);
    }
  }
}
