import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { standingOrder } from '@waxseal/example-order-processing/dist/demo/sample-orders';
import type { AuditRecord } from '../src';
import { encryptedOrder, orderSecrets, required, type EncryptedOrder } from './support/encrypted-order';
import { temporalCli, withDecodedData } from './support/temporal-cli';

let order: EncryptedOrder;

beforeAll(async () => {
  order = await encryptedOrder({ defaultNamespace: required('WAXSEAL_TEST_TEMPORAL_NAMESPACE') });
});
afterAll(() => order.close());

/** Runs `temporal workflow …` on an order, and gives what it prints. */
async function temporal(args: readonly string[], workflowId = order.workflowId): Promise<string> {
  const { code, stdout, stderr } = await temporalCli(['workflow', ...args, '--workflow-id', workflowId]);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

/** An order's history as JSON, with the data of every payload written out behind it. */
async function history(args: readonly string[], workflowId?: string): Promise<string> {
  return withDecodedData(await temporal(['show', '--output', 'json', ...args], workflowId));
}

/** What is not to be seen without the Codec Server. */
function secrets(): string[] {
  return [...orderSecrets, order.result];
}

/** The Codec Server and the namespace, as arguments. */
function codec(): string[] {
  return ['--codec-endpoint', order.codecServer.url, '--namespace', order.namespace];
}

const ENVELOPE = Buffer.from('binary/envelope').toString('base64');

describe('the temporal CLI', () => {
  it('shows ciphertext without the Codec Server', async () => {
    const text = await history(['--namespace', order.namespace]);
    expect(text.split(ENVELOPE).length).toBeGreaterThan(8);
    expect(secrets().filter((secret) => text.includes(secret))).toEqual([]);
  });

  // Where none is given, some releases of the CLI (1.5.1) POST to //decode with an empty X-Namespace.
  it.each([
    ['a plain endpoint', '', true],
    ['a plain endpoint, no namespace given', '', false],
    ['the namespace in the path', '/{namespace}', true],
    ['the namespace in the path, none given', '/{namespace}', false],
    ['a trailing slash', '/', true],
  ])('decodes input and result by %s', async (_name, path, isNamed) => {
    const namespace = isNamed ? ['--namespace', order.namespace] : [];
    const text = await history(['--codec-endpoint', `${order.codecServer.url}${path}`, ...namespace]);
    expect(secrets().filter((secret) => !text.includes(secret))).toEqual([]);
    expect(text.includes(ENVELOPE)).toBe(false);
  });

  it('names the execution to the audit log where it is given as a header, and else does not', async () => {
    const records: AuditRecord[] = [];
    const { url } = await order.serve({ audit: (record) => void records.push(record) });
    const endpoint = ['--codec-endpoint', url, '--namespace', order.namespace];
    await history(endpoint);
    expect(new Set(records.map(({ named }) => named))).toEqual(new Set([null]));
    records.length = 0;
    const { workflowId, runId } = order;
    const headers = [`X-Workflow-Id=${workflowId}`, `X-Run-Id=${runId}`];
    await history([...endpoint, ...headers.flatMap((header) => ['--codec-header', header])]);
    expect(new Set(records.map(({ named }) => JSON.stringify(named)))).toEqual(
      new Set([JSON.stringify({ workflowId, runId, by: 'headers' })]),
    );
  });

  it('decodes what an order failed with, in JSON', async () => {
    const { workflowId, message } = order.failed;
    const namespace = ['--namespace', order.namespace];
    expect((await history(namespace, workflowId)).includes(message)).toBe(false);
    expect((await history(codec(), workflowId)).includes(message)).toBe(true);
  });

  it('shows no message of a failure in text', async () => {
    const text = await temporal(['show', ...codec()], order.failed.workflowId);
    expect(text).toContain('Message: Encoded failure');
    expect(text).not.toContain(order.failed.message);
  });

  it('decodes the result and the memo', async () => {
    await expect(temporal(['result', ...codec()])).resolves.toContain(order.result);
    await expect(temporal(['describe', ...codec()])).resolves.toContain(orderSecrets[0]);
  });

  it('decodes the heartbeat of a pending activity', async () => {
    const { workflowId } = await order.place(standingOrder);
    const { number } = standingOrder.card;
    let text = '';
    for (let tries = 0; tries < 50 && !text.includes('LastHeartbeatDetails'); tries++) {
      text = await temporal(['describe', ...codec()], workflowId);
    }
    expect(text).toContain(number);
    await expect(temporal(['describe', '--namespace', order.namespace], workflowId)).resolves.not.toContain(
      number,
    );
  });
});
