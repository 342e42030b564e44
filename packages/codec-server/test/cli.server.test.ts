import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encryptedOrder, orderSecrets, required, type EncryptedOrder } from './support/encrypted-order';

const run = promisify(execFile);

let order: EncryptedOrder;

beforeAll(async () => {
  order = await encryptedOrder({ defaultNamespace: required('WAXSEAL_TEST_TEMPORAL_NAMESPACE') });
});
afterAll(() => order.close());

/** Runs `temporal workflow …` on an order, with nothing from the user's own configuration. */
async function temporal(args: readonly string[], workflowId = order.workflowId): Promise<string> {
  const common = ['--workflow-id', workflowId, '--address', order.address, '--disable-config-file'];
  const { stdout } = await run(required('WAXSEAL_TEST_TEMPORAL_CLI'), ['workflow', ...args, ...common], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
    timeout: 30_000,
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout;
}

/** An order's history as JSON, with the data of every payload written out behind it. */
async function history(args: readonly string[], workflowId?: string): Promise<string> {
  const json = await temporal(['show', '--output', 'json', ...args], workflowId);
  const data = [...json.matchAll(/"data": "([^"]*)"/g)].map(([, base64 = '']) =>
    Buffer.from(base64, 'base64').toString(),
  );
  return [json, ...data].join('\n');
}

/** What is not to be seen without the Codec Server. */
function secrets(): string[] {
  return [...orderSecrets, order.result];
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

  it('decodes what an order failed with', async () => {
    const { workflowId, message } = order.failed;
    const namespace = ['--namespace', order.namespace];
    expect((await history(namespace, workflowId)).includes(message)).toBe(false);
    const codec = ['--codec-endpoint', order.codecServer.url];
    expect((await history([...namespace, ...codec], workflowId)).includes(message)).toBe(true);
  });

  it('decodes the result and the memo', async () => {
    const codec = ['--codec-endpoint', order.codecServer.url, '--namespace', order.namespace];
    await expect(temporal(['result', ...codec])).resolves.toContain(order.result);
    await expect(temporal(['describe', ...codec])).resolves.toContain(orderSecrets[0]);
  });
});
