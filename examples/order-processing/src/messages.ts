import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Address, OrderStatus } from './types';

/** Where an order stands. */
export const orderStatus = defineQuery<OrderStatus>('orderStatus');

/** Tells the carrier where to leave the parcel, and releases the order for shipping. */
export const addDeliveryNote = defineSignal<[string]>('addDeliveryNote');

/** Changes the address of an order that is not shipped yet; answers with the address as it is now. */
export const changeAddress = defineUpdate<Address, [Address]>('changeAddress');
