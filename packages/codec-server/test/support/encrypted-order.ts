import { randomBytes, randomUUID } from 'node:crypto';
import { Client, Connection, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { Keyring } from '@waxseal/core';
import * as activities from '@waxseal/example-order-processing/dist/activities';
import {
  failingOrder,
  goodOrder,
  goodOrderNote,
  standingOrder,
} from '@waxseal/example-order-processing/dist/demo/sample-orders';
import { addDeliveryNote } from '@waxseal/example-order-processing/dist/messages';
import type { Order } from '@waxseal/example-order-processing/dist/types';
import { ProcessOrder } from '@waxseal/example-order-processing/dist/workflows';
import { LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin } from '@waxseal/temporal';
import { workflowBundle } from '@waxseal/test-support/workflow-bundle';
import {
  createCodecServer,
  listen,
  type CodecServerOptions,
  type ListeningCodecServer,
  type ListenOptions,
} from '../../src';
import { chargeHeldOrders } from './charge-held-orders';

type Options = Omit<CodecServerOptions, 'codec' | 'codecs'>;
type Handle = WorkflowHandleWithFirstExecutionRunId<typeof ProcessOrder>;

/**
 * An order of the worked example, processed by a real worker and encrypted on the server, with a Codec Server
 * beside it.
 */
export interface EncryptedOrder {
  readonly workflowId: string;
  readonly runId: string;
  /** What the workflow returned, decrypted. */
  readonly result: string;
  /** A second order, whose card was declined. */
  readonly failed: { readonly workflowId: string; readonly runId: string; readonly message: string };
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly codecServer: ListeningCodecServer;
  /** Encrypts. */
  readonly client: Client;
  /** Sees what is stored, without the codec. */
  readonly stored: Client;
  /** Starts another Codec Server with the same keys; `close` closes it too. */
  serve(options: Options, listenOptions?: ListenOptions): Promise<ListeningCodecServer>;
  /**
   * Places another order. One of `standingOrder`'s card stays in payment, with a heartbeat; `close` ends it.
   */
  place(order: Order): Promise<Handle>;
  close(): Promise<void>;
}

/** The confidential words of the order's input. */
export const orderSecrets: readonly string[] = [
  goodOrder.customer.name,
  goodOrder.card.number,
  goodOrder.shippingAddress.street,
];

/**
 * Processes an order on the test run's Temporal server, under a key and on a task queue of its own. The
 * worker goes on until `close`.
 */
export async function encryptedOrder(options: Options): Promise<EncryptedOrder> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const address = required('WAXSEAL_TEST_TEMPORAL_ADDRESS');
  const namespace = required('WAXSEAL_TEST_TEMPORAL_NAMESPACE');
  const keyring = new Keyring({ primary: new LocalKey({ id: 'codec-server-test', key: randomBytes(32) }) });
  const envelope = new EnvelopePlugin({ keyring });
  const { codec } = envelope;
  const taskQueue = `codec-server-${randomUUID()}`;
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  const worker = await Worker.create({
    connection: native,
    namespace,
    taskQueue,
    workflowBundle: await workflowBundle(
      require.resolve('@waxseal/example-order-processing/dist/workflows'),
      [envelope],
    ),
    activities: { ...activities, chargePayment: chargeHeldOrders(standingOrder.card.number) },
    plugins: [envelope],
  });
  const running = worker.run();
  const client = new Client({ connection, namespace, plugins: [envelope] });
  const placed: Handle[] = [];
  const servers: ListeningCodecServer[] = [];

  const place: EncryptedOrder['place'] = async (order) => {
    const handle = await client.workflow.start(ProcessOrder, {
      workflowId: `order-${randomUUID()}`,
      taskQueue,
      args: [order],
      memo: { customer: order.customer.name },
    });
    placed.push(handle);
    return handle;
  };
  const serve: EncryptedOrder['serve'] = async (more, listenOptions) => {
    const server = await listen(createCodecServer({ codec, ...more }), { port: 0, ...listenOptions });
    servers.push(server);
    return server;
  };
  const close = async (): Promise<void> => {
    await Promise.all(placed.map((handle) => handle.terminate().catch(() => undefined)));
    worker.shutdown();
    await running;
    await Promise.all(servers.map((server) => server.close()));
    codec.close();
    await connection.close();
    await native.close();
  };

  try {
    const failed = await place(failingOrder);
    const good = await place(goodOrder);
    await good.signal(addDeliveryNote, goodOrderNote);
    await failed.result().catch(() => undefined);
    return {
      workflowId: good.workflowId,
      runId: good.firstExecutionRunId,
      result: await good.result(),
      failed: {
        workflowId: failed.workflowId,
        runId: failed.firstExecutionRunId,
        message: `Card ${failingOrder.card.number} of ${failingOrder.card.holder} was declined`,
      },
      address,
      namespace,
      taskQueue,
      codecServer: await serve(options),
      client,
      stored: new Client({ connection, namespace }),
      serve,
      place,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A setting of the test run; its absence is a failure, never a skip. */
export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new Error(`${name} is not set: this test needs the Temporal server that the test run brings up.`);
  }
  return value;
}
