import {
  condition,
  executeChild,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type * as activities from './activities';
import { addDeliveryNote, changeAddress, orderStatus } from './messages';
import type { Order, OrderStatus, Shipment } from './types';

const { chargePayment, shipOrder } = proxyActivities<typeof activities>({
  startToCloseTimeout: '30s',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s' },
});
const { reserveInventory } = proxyLocalActivities<typeof activities>({ startToCloseTimeout: '5s' });

/** Reserves, charges and ships an order. Nothing in here knows of encryption. */
export async function ProcessOrder(order: Order): Promise<string> {
  let state: OrderStatus['state'] = 'received';
  let address = order.shippingAddress;
  let deliveryNote = order.deliveryNote;

  setHandler(orderStatus, () => ({ state, customer: order.customer.name, deliverTo: address }));
  setHandler(addDeliveryNote, (note) => {
    deliveryNote = note;
  });
  setHandler(changeAddress, (next) => {
    address = next;
    return address;
  });

  const reservation = await reserveInventory(order.items);
  state = 'reserved';
  const totalCents = order.items.reduce((sum, item) => sum + item.quantity * item.priceCents, 0);
  const receipt = await chargePayment({ card: order.card, totalCents, reservation });
  state = 'paid';

  await condition(() => deliveryNote !== undefined);
  const tracking = await executeChild(ShipOrder, {
    workflowId: `${workflowInfo().workflowId}-shipping`,
    args: [{ recipient: order.customer.name, address, deliveryNote: deliveryNote ?? '', items: order.items }],
  });
  state = 'shipped';
  return `Order paid (Confirmation #: ${receipt.confirmation}) and shipped (Tracking #: ${tracking})`;
}

/** Hands an order to the carrier; a child of `ProcessOrder`. Returns the tracking number. */
export async function ShipOrder(shipment: Shipment): Promise<string> {
  return await shipOrder(shipment);
}
