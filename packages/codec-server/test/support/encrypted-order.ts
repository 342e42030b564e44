import { randomBytes, randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { Keyring } from '@waxseal/core';
import * as activities from '@waxseal/example-order-processing/dist/activities';
import {
  failingOrder,
  goodOrder,
  goodOrderNote,
} from '@waxseal/example-order-processing/dist/demo/sample-orders';
import { addDeliveryNote } from '@waxseal/example-order-processing/dist/messages';
import { ProcessOrder } from '@waxseal/example-order-processing/dist/workflows';
import { LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin } from '@waxseal/temporal';
import { createCodecServer, listen, type CodecServerOptions, type ListeningCodecServer } from '../../src';

/** An order of the worked example, processed by a real worker and encrypted on the server, with a Codec Server beside it. */
export interface EncryptedOrder {
  readonly workflowId: string;
  readonly runId: string;
  /** What the workflow returned, decrypted. */
  readonly result: string;
  /** A second order, whose card was declined. */
  readonly failed: { readonly workflowId: string; readonly message: string };
  readonly address: string;
  readonly namespace: string;
  readonly codecServer: ListeningCodecServer;
  close(): Promise<void>;
}

/** The confidential words of the order's input. */
export const orderSecrets: readonly string[] = [
  goodOrder.customer.name,
  goodOrder.card.number,
  goodOrder.shippingAddress.street,
];

/** Processes an order on the test run's Temporal server, under a key and on a task queue of its own. */
export async function encryptedOrder(
  options: Omit<CodecServerOptions, 'codec' | 'codecs'>,
): Promise<EncryptedOrder> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const address = required('WAXSEAL_TEST_TEMPORAL_ADDRESS');
  const namespace = required('WAXSEAL_TEST_TEMPORAL_NAMESPACE');
  const keyring = new Keyring({ primary: new LocalKey({ id: 'codec-server-test', key: randomBytes(32) }) });
  const envelope = new EnvelopePlugin({ keyring });
  const { codec } = envelope;
  const taskQueue = `codec-server-${randomUUID()}`;
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  try {
    const worker = await Worker.create({
      connection: native,
      namespace,
      taskQueue,
      workflowsPath: require.resolve('@waxseal/example-order-processing/dist/workflows'),
      activities,
      plugins: [envelope],
    });
    const client = new Client({ connection, namespace, plugins: [envelope] });
    const order = await worker.runUntil(async () => {
      const handle = await client.workflow.start(ProcessOrder, {
        workflowId: `order-${randomUUID()}`,
        taskQueue,
        args: [goodOrder],
        memo: { customer: goodOrder.customer.name },
      });
      await handle.signal(addDeliveryNote, goodOrderNote);
      const failed = await client.workflow.start(ProcessOrder, {
        workflowId: `order-${randomUUID()}`,
        taskQueue,
        args: [failingOrder],
      });
      await failed.result().catch(() => undefined);
      return {
        workflowId: handle.workflowId,
        runId: handle.firstExecutionRunId,
        result: await handle.result(),
        failed: {
          workflowId: failed.workflowId,
          message: `Card ${failingOrder.card.number} of ${failingOrder.card.holder} was declined`,
        },
      };
    });
    const codecServer = await listen(createCodecServer({ codec, ...options }), { port: 0 });
    return {
      ...order,
      address,
      namespace,
      codecServer,
      close: async () => {
        await codecServer.close();
        codec.close();
      },
    };
  } finally {
    await connection.close();
    await native.close();
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
