import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { inGroups } from './in-groups';
import { activityInfo } from '@temporalio/activity';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { waitUntil } from '@waxseal/bring-up';
import * as activities from '@waxseal/example-order-processing/dist/activities';
import { addDeliveryNote } from '@waxseal/example-order-processing/dist/messages';
import type { Order } from '@waxseal/example-order-processing/dist/types';
import type { ProcessOrder } from '@waxseal/example-order-processing/dist/workflows';
import { executions, type Execution } from './executions';
import type { Gates } from './gates';
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
      intervalMs: 500,
    });
  }
}

/**
 * An order of which every text holds the needle.
 *
 * @param deliveryNote whether it has one; without, it waits for the signal before it is shipped
 */
function confidentialOrder(needle: string, deliveryNote: boolean): Order {
  return {
    customer: { name: `Ada ${needle}`, email: `${needle}@example.com` },
    items: [{ sku: `pen-${needle}`, quantity: 2, priceCents: 4_950 }],
    card: { holder: `Ada ${needle}`, number: `4242-${needle}`, expires: '11/29' },
    shippingAddress: { street: `12 ${needle} Square`, city: 'London', postcode: `SW1Y ${needle}` },
    ...(deliveryNote ? { deliveryNote: noteFor(needle) } : {}),
  };
}

/** What the customer tells the carrier. */
function noteFor(needle: string): string {
  return `Leave with Mrs ${needle} next door`;
}

/** The example's activities, and one that declines a card. */
export type CountedActivities = typeof activities & {
  readonly declineCard: (card: string) => Promise<void>;
};

/**
 * The example's activities, with their side effects booked: `reserve`, `authorise`, `charge` and `ship`.
 *
 * @param gates where they can be made to wait, before and after an effect
 */
export function countedActivities(ledger: Ledger, gates: Gates): CountedActivities {
  const counted =
    <A extends readonly unknown[], R>(effect: string, body: (...parameters: A) => Promise<R>) =>
    async (...parameters: A): Promise<R> => {
      await gates.pass(`before ${effect}`);
      const result = await body(...parameters);
      ledger.add(orderOfActivity(), effect);
      await gates.pass(`after ${effect}`);
      return result;
    };
  const charge = counted('charge', activities.chargePayment);
  return {
    reserveInventory: counted('reserve', activities.reserveInventory),
    shipOrder: counted('ship', activities.shipOrder),
    chargePayment: (payment) => {
      // The example authorises once, and remembers that in its heartbeat.
      if (activityInfo().heartbeatDetails === undefined) ledger.add(orderOfActivity(), 'authorise');
      return charge(payment);
    },
    declineCard: async (card) => {
      ledger.add(orderOfActivity(), 'decline');
      await gates.pass('after decline');
      throw ApplicationFailure.nonRetryable(`Card ${card} was declined`, 'CardDeclined', { card });
    },
  };
}

function orderOfActivity(): string {
  return (activityInfo().workflowExecution?.workflowId ?? '').replace(/-shipping$/, '');
}

/** Side effects outside of Temporal, as they happened: a file that any number of processes append to. */
export class Ledger {
  readonly file: string;

  /** @param file made when it is not there */
  constructor(file: string) {
    this.file = file;
    writeFileSync(file, '', { flag: 'a' });
  }

  /** Books one side effect of an order. */
  add(order: string, effect: string): void {
    appendFileSync(this.file, `${order}\t${effect}\n`);
  }

  /** How often each effect happened, by order. */
  counts(): ReadonlyMap<string, ReadonlyMap<string, number>> {
    const orders = new Map<string, Map<string, number>>();
    for (const line of readFileSync(this.file, 'utf8').split('\n').filter(Boolean)) {
      const [order = '', effect = ''] = line.split('\t');
      const effects = orders.get(order) ?? new Map<string, number>();
      effects.set(effect, (effects.get(effect) ?? 0) + 1);
      orders.set(order, effects);
    }
    return orders;
  }

  /** How many orders had an effect. */
  ordersWith(effect: string): number {
    return [...this.counts().values()].filter((effects) => effects.has(effect)).length;
  }
}
