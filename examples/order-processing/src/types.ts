/** A card as a customer types it in. */
export interface PaymentCard {
  readonly holder: string;
  readonly number: string;
  /** `MM/YY` */
  readonly expires: string;
}

/** Where parcels go. */
export interface Address {
  readonly street: string;
  readonly city: string;
  readonly postcode: string;
}

/** One line of an order. */
export interface Item {
  readonly sku: string;
  readonly quantity: number;
  /** Price of one, in euro cents. */
  readonly priceCents: number;
}

/** The input of the `ProcessOrder` workflow. */
export interface Order {
  readonly customer: { readonly name: string; readonly email: string };
  readonly items: readonly Item[];
  readonly card: PaymentCard;
  readonly shippingAddress: Address;
  /** For the carrier. Without one, the order waits for the `addDeliveryNote` signal before it is shipped. */
  readonly deliveryNote?: string;
}

/** What the `orderStatus` query answers. */
export interface OrderStatus {
  readonly state: 'received' | 'reserved' | 'paid' | 'shipped';
  readonly customer: string;
  readonly deliverTo: Address;
}

/** The input of the `ShipOrder` workflow and of the activity of that name. */
export interface Shipment {
  readonly recipient: string;
  readonly address: Address;
  readonly deliveryNote: string;
  readonly items: readonly Item[];
}
