import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { orderStatus } from '../messages';
import type { FinishedOrders } from './run-orders';
import { failingOrder, goodOrder, goodOrderNote, newAddress, standingOrder } from './sample-orders';

/** One value as Temporal holds it. */
export interface StoredValue {
  readonly name: string;
  /** Taken from the server's answer, undecoded; `undefined` when the answer does not hold it. */
  readonly payload: Payload | undefined;
  /** A text that the decoded value has to contain. */
  readonly expected: string;
}

/**
 * Fetches the values that tell the most, from Temporal itself: histories, a description, a schedule, a
 * query's answer.
 */
export async function storedValues(client: Client, orders: FinishedOrders): Promise<StoredValue[]> {
  const good = await eventsOf(client, orders.good.workflowId);
  const child = await eventsOf(client, `${orders.good.workflowId}-shipping`);
  const failing = await eventsOf(client, orders.failing);
  const { namespace } = client.options;
  const query = await client.workflowService.queryWorkflow({
    namespace,
    execution: { workflowId: orders.good.workflowId },
    query: { queryType: orderStatus.name },
  });
  const schedule = await client.workflowService.describeSchedule({
    namespace,
    scheduleId: orders.scheduleId,
  });

  const started = good.find(
    (event) => event.workflowExecutionStartedEventAttributes,
  )?.workflowExecutionStartedEventAttributes;
  const marker = good.find((event) => event.markerRecordedEventAttributes)?.markerRecordedEventAttributes;
  const charged = good.find(
    (event) => event.activityTaskCompletedEventAttributes,
  )?.activityTaskCompletedEventAttributes;
  const update = good.find(
    (event) => event.workflowExecutionUpdateAcceptedEventAttributes,
  )?.workflowExecutionUpdateAcceptedEventAttributes;
  const signal = good.find(
    (event) => event.workflowExecutionSignaledEventAttributes,
  )?.workflowExecutionSignaledEventAttributes;
  const completed = good.find(
    (event) => event.workflowExecutionCompletedEventAttributes,
  )?.workflowExecutionCompletedEventAttributes;
  const childStarted = child.find(
    (event) => event.workflowExecutionStartedEventAttributes,
  )?.workflowExecutionStartedEventAttributes;
  const failure = failing.find((event) => event.workflowExecutionFailedEventAttributes)
    ?.workflowExecutionFailedEventAttributes?.failure;

  const values: [name: string, payload: Payload | null | undefined, expected: string][] = [
    ['workflow input', started?.input?.payloads?.[0], goodOrder.card.number],
    ['memo “customer”', started?.memo?.fields?.['customer'], goodOrder.customer.name],
    ['local activity’s result', marker?.details?.['result']?.payloads?.[0], 'fountain-pen'],
    ['heartbeat', orders.good.heartbeat, goodOrder.card.number],
    ['activity’s result', charged?.result?.payloads?.[0], goodOrder.card.number],
    ['update', update?.acceptedRequest?.input?.args?.payloads?.[0], newAddress.street],
    ['signal', signal?.input?.payloads?.[0], goodOrderNote],
    ['query’s answer', query.queryResult?.payloads?.[0], newAddress.street],
    ['child workflow’s input', childStarted?.input?.payloads?.[0], newAddress.street],
    ['workflow result', completed?.result?.payloads?.[0], 'Order paid (Confirmation #: '],
    ['error message and stack', failure?.cause?.encodedAttributes, failingOrder.card.number],
    [
      'error details',
      failure?.cause?.applicationFailureInfo?.details?.payloads?.[0],
      failingOrder.card.number,
    ],
    [
      'schedule’s input',
      schedule.schedule?.action?.startWorkflow?.input?.payloads?.[0],
      standingOrder.card.number,
    ],
    ['schedule’s memo', schedule.memo?.fields?.['customer'], standingOrder.customer.name],
  ];
  return values.map(([name, payload, expected]) => ({ name, payload: payload ?? undefined, expected }));
}

async function eventsOf(client: Client, workflowId: string) {
  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  return history.events ?? [];
}
