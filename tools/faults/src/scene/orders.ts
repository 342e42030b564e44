import type { Client, WorkflowHandle } from '@temporalio/client';
import { waitUntil } from '@waxseal/bring-up';
import { addDeliveryNote } from '@waxseal/example-order-processing/dist/messages';
import type { ProcessOrder } from '@waxseal/example-order-processing/dist/workflows';

import { confidentialOrder, noteFor } from './confidential-order';
import { executions, type Execution } from './executions';
import { inGroups } from './in-groups';
import type { Stage } from './stage';

/** An order under way. */
export type OrderHandle = WorkflowHandle<typeof ProcessOrder>;

/** The orders of one task queue. */
export class Orders {
  /** All so far. */
  readonly placed: OrderHandle[] = [];

  readonly #stage: Stage;
  readonly #taskQueue: string;
  readonly #needle: string;
  #next = 0;

  /** @param needle in every confidential value of an order */
  constructor(stage: Stage, taskQueue: string, needle: string) {
    this.#stage = stage;
    this.#taskQueue = taskQueue;
    this.#needle = needle;
  }

  /**
   * Places orders.
   *
   * @param deliveryNote whether they have one; without, they wait for {@link sendNotes} once they are paid
   */
  async place(client: Client, count: number, deliveryNote: boolean): Promise<OrderHandle[]> {
    const placed = await inGroups(
      Array.from({ length: count }, () => `${this.#taskQueue}-${String(this.#next++)}`),
      (workflowId) =>
        client.workflow.start<typeof ProcessOrder>('ProcessOrder', {
          workflowId,
          taskQueue: this.#taskQueue,
          args: [confidentialOrder(this.#needle, deliveryNote)],
        }),
    );
    this.placed.push(...placed);
    return placed;
  }

  /** Sends the delivery notes that orders wait for. */
  async sendNotes(client: Client, orders: readonly OrderHandle[]): Promise<void> {
    await inGroups(orders, ({ workflowId }) =>
      client.workflow.getHandle(workflowId).signal(addDeliveryNote, noteFor(this.#needle)),
    );
  }

  /** All workflows of the task queue, children and other types too. */
  executions(): Promise<Execution[]> {
    return executions(this.#stage.connection, this.#stage.namespace, this.#taskQueue);
  }

  /** How many of these workflows are closed. */
  async closed(workflows: readonly { readonly workflowId: string }[]): Promise<number> {
    const ids = new Set(workflows.map(({ workflowId }) => workflowId));
    const all = await this.executions();
    return all.filter(({ workflowId, closedAtMs }) => ids.has(workflowId) && closedAtMs !== undefined).length;
  }

  /** Waits until all of these workflows are closed; whether they are. */
  haveClosed(workflows: readonly { readonly workflowId: string }[], timeoutMs: number): Promise<boolean> {
    return waitUntil(async () => (await this.closed(workflows)) === workflows.length, {
      timeoutMs,
      intervalMs: 200,
    });
  }
}
