import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  goodOrder,
  goodOrderNote,
  newAddress,
} from '@waxseal/example-order-processing/dist/demo/sample-orders';
import { encryptedOrder, orderSecrets, type EncryptedOrder } from './support/encrypted-order';
import { temporalCli } from './support/temporal-cli';

const workflowId = `order-${randomUUID()}`;

let order: EncryptedOrder;

beforeAll(async () => {
  order = await encryptedOrder({ allowEncode: true });
});
afterAll(async () => {
  await order.stored.workflow
    .getHandle(workflowId)
    .terminate()
    .catch(() => undefined);
  await order.close();
});

/**
 * Runs `temporal workflow …` on the order that is started here, through the Codec Server, and gives what it
 * prints.
 */
async function temporal(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await temporalCli(
    ['workflow', ...args, '--workflow-id', workflowId, '--namespace', order.namespace],
    { TEMPORAL_CODEC_ENDPOINT: order.codecServer.url },
  );
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

/** The order's history as Temporal stores it, memo and summary included, with all bytes written out. */
async function stored(): Promise<{ text: string; envelopes: number }> {
  const json = JSON.stringify(await order.stored.workflow.getHandle(workflowId).fetchHistory());
  const bytes = [...json.matchAll(/"([A-Za-z0-9+/]{8,}={0,2})"/g)].map(([, base64 = '']) =>
    Buffer.from(base64, 'base64').toString(),
  );
  const text = [json, ...bytes].join('\n');
  return { text, envelopes: text.split('binary/envelope').length - 1 };
}

describe('the temporal CLI that encodes', () => {
  const secrets = [...orderSecrets, goodOrderNote, newAddress.street];

  it('starts a workflow whose input, memo and summary are stored encrypted', async () => {
    await temporal(
      ...['start', '--type', 'ProcessOrder', '--task-queue', order.taskQueue],
      ...[
        '--input',
        JSON.stringify(goodOrder),
        '--memo',
        `customer=${JSON.stringify(goodOrder.customer.name)}`,
      ],
      ...['--static-summary', goodOrder.customer.name],
    );
    const { text, envelopes } = await stored();
    expect(envelopes).toBeGreaterThanOrEqual(3);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  });

  it('queries a worker that got it in clear', async () => {
    const answer = await temporal('query', '--type', 'orderStatus');
    expect(answer).toContain(goodOrder.customer.name);
    expect(answer).toContain(goodOrder.shippingAddress.street);
  });

  it('updates, and shows what the workflow answers', async () => {
    const update = ['--name', 'changeAddress', '--input', JSON.stringify(newAddress)];
    await expect(temporal('update', 'execute', ...update)).resolves.toContain(newAddress.street);
    await expect(temporal('update', 'start', '--wait-for-stage', 'accepted', ...update)).resolves.toContain(
      'UpdateID',
    );
    await expect(temporal('query', '--type', 'orderStatus')).resolves.toContain(newAddress.street);
  });

  it('signals, and shows the result', async () => {
    await temporal('signal', '--name', 'addDeliveryNote', '--input', JSON.stringify(goodOrderNote));
    // The first two characters of the tracking number are those of the address that it was sent to.
    await expect(temporal('result')).resolves.toMatch(
      new RegExp(`Order paid .*Tracking #: ${newAddress.postcode.slice(0, 2)}`),
    );
  });

  it('leaves nothing in clear', async () => {
    const { text, envelopes } = await stored();
    expect(envelopes).toBeGreaterThanOrEqual(10);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    expect(text).not.toContain('Order paid');
  });
});
