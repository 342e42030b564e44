import type { Order } from '@waxseal/example-order-processing/dist/types';

/**
 * An order of which every text holds the needle.
 *
 * @param deliveryNote whether it has one; without, it waits for the signal before it is shipped
 */
export function confidentialOrder(needle: string, deliveryNote: boolean): Order {
  return {
    customer: { name: `Ada ${needle}`, email: `${needle}@example.com` },
    items: [{ sku: `pen-${needle}`, quantity: 2, priceCents: 4_950 }],
    card: { holder: `Ada ${needle}`, number: `4242-${needle}`, expires: '11/29' },
    shippingAddress: { street: `12 ${needle} Square`, city: 'London', postcode: `SW1Y ${needle}` },
    ...(deliveryNote ? { deliveryNote: noteFor(needle) } : {}),
  };
}

/** What the customer tells the carrier. */
export function noteFor(needle: string): string {
  return `Leave with Mrs ${needle} next door`;
}
