import type { Address, Order } from '../types';

/** An order that is paid; it waits for a delivery note. */
export const goodOrder: Order = {
  customer: { name: 'Ada Lovelace', email: 'ada.lovelace@example.com' },
  items: [
    { sku: 'fountain-pen', quantity: 2, priceCents: 4_950 },
    { sku: 'sealing-wax', quantity: 1, priceCents: 1_290 },
  ],
  card: { holder: 'Ada Lovelace', number: '4242424242424242', expires: '11/29' },
  shippingAddress: { street: '12 St James Square', city: 'London', postcode: 'SW1Y 4JH' },
};

/** An order whose card is declined. */
export const failingOrder: Order = {
  customer: { name: 'Charles Babbage', email: 'charles.babbage@example.com' },
  items: [{ sku: 'difference-engine', quantity: 1, priceCents: 1_700_000 }],
  card: { holder: 'Charles Babbage', number: '4000000000000002', expires: '10/28' },
  shippingAddress: { street: '1 Dorset Street', city: 'London', postcode: 'W1U 4EG' },
  deliveryNote: 'Ring at the workshop, twice',
};

/** An order that a schedule places. */
export const standingOrder: Order = {
  customer: { name: 'Grace Hopper', email: 'grace.hopper@example.com' },
  items: [{ sku: 'ink-cartridges', quantity: 12, priceCents: 290 }],
  card: { holder: 'Grace Hopper', number: '5555555555554444', expires: '01/30' },
  shippingAddress: { street: '7 Nanosecond Lane', city: 'Arlington', postcode: 'VA 22207' },
  deliveryNote: 'Leave with the front desk',
};

/** What the customer of {@link goodOrder} says while it is under way. */
export const goodOrderNote = 'Parcel may go to Mrs Somerville next door';

/** Where the customer of {@link goodOrder} wants it instead. */
export const newAddress: Address = { street: '6 Ockham Park', city: 'Ripley', postcode: 'GU23 6NQ' };

/** Everything in these orders that nobody but the shop may read: at least four characters each. */
export const confidential: readonly string[] = [
  ...[goodOrder, failingOrder, standingOrder].flatMap(({ customer, card, shippingAddress, deliveryNote }) => [
    customer.name,
    customer.email,
    card.number,
    shippingAddress.street,
    shippingAddress.postcode,
    ...(deliveryNote === undefined ? [] : [deliveryNote]),
  ]),
  goodOrderNote,
  newAddress.street,
  newAddress.postcode,
];
