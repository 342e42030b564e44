import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestAuthority } from '@waxseal/bring-up';
import { goodOrder } from '@waxseal/example-order-processing/dist/demo/sample-orders';
import type { AuditRecord } from '../src';
import { CertificateFolder } from './support/certificate-folder';
import { encryptedOrder, orderSecrets, required, type EncryptedOrder } from './support/encrypted-order';
import { temporalCli, withDecodedData, type CliOutcome } from './support/temporal-cli';

const SHOP = randomBytes(32).toString('hex');
const SUPPORT = randomBytes(32).toString('hex');
const records: AuditRecord[] = [];

let order: EncryptedOrder;
let folder: CertificateFolder;
let url: string;

beforeAll(async () => {
  const authority = await createTestAuthority('Test CA');
  const { certPem, keyPem } = await authority.issue({
    commonName: 'codec.test',
    ipAddresses: ['127.0.0.1'],
    usage: 'server',
  });
  folder = new CertificateFolder({ certPem, keyPem, caPem: authority.certPem });
  const namespaces = [required('WAXSEAL_TEST_TEMPORAL_NAMESPACE')];
  order = await encryptedOrder({});
  const { certFile, keyFile } = folder;
  ({ url } = await order.serve(
    {
      allowEncode: true,
      auth: [
        {
          type: 'bearer',
          tokens: [
            {
              principal: 'shop',
              token: SHOP,
              may: [{ namespaces, operations: ['decode', 'encode'], policy: 'full' }],
            },
            {
              principal: 'support',
              token: SUPPORT,
              may: [
                { namespaces, operations: ['decode'], policy: 'support' },
                { namespaces, operations: ['encode'] },
              ],
            },
          ],
        },
      ],
      policies: {
        support: {
          mask: [
            { path: '$.card.number', show: { last: 4 } },
            { path: '$.customer.email', show: 'all' },
          ],
          others: 'hide',
        },
      },
      audit: (record) => void records.push(record),
    },
    { tls: { certFile, keyFile } },
  ));
}, 60_000);

afterAll(async () => {
  await order.close();
});

beforeEach(() => {
  records.length = 0;
});

/** Runs `temporal workflow …`, told of the Codec Server, its authority and a token by variables alone. */
function temporal(
  args: readonly string[],
  token: string,
  env: Record<string, string> = {},
): Promise<CliOutcome> {
  return temporalCli(['workflow', ...args, '--namespace', order.namespace], {
    TEMPORAL_CODEC_ENDPOINT: url,
    TEMPORAL_CODEC_AUTH: `Bearer ${token}`,
    SSL_CERT_FILE: folder.clientCaFile,
    ...env,
  });
}

/** Arguments that show the order's history. */
function show(): string[] {
  return ['show', '--output', 'json', '--workflow-id', order.workflowId];
}

/** Arguments that start another order. */
function start(workflowId: string): string[] {
  return [
    ...['start', '--type', 'ProcessOrder', '--task-queue', order.taskQueue, '--workflow-id', workflowId],
    ...['--input', JSON.stringify(goodOrder), '--command-timeout', '4s'],
  ];
}

async function isStarted(workflowId: string): Promise<boolean> {
  const { code } = await temporalCli([
    ...['workflow', 'show', '--workflow-id', workflowId, '--namespace', order.namespace],
  ]);
  return code === 0;
}

describe('the temporal CLI, over HTTPS', () => {
  it('decodes with the variables for endpoint, token and authority', async () => {
    const { code, stdout } = await temporal(show(), SHOP);
    const text = withDecodedData(stdout);
    expect(code).toBe(0);
    expect([...orderSecrets, order.result].filter((secret) => !text.includes(secret))).toEqual([]);
    expect(new Set(records.map(({ outcome }) => outcome))).toEqual(new Set(['allowed']));
  });

  it('decodes nothing when it does not know the authority', async () => {
    const outcome = await temporal([...show(), '--command-timeout', '2s'], SHOP, { SSL_CERT_FILE: '' });
    expect(outcome).toMatchObject({ code: 1, stderr: expect.stringContaining('context deadline exceeded') });
    expect(records).toEqual([]);
  });

  it('says at once where signal and query do not know the authority', async () => {
    const query = ['query', '--type', 'orderStatus', '--workflow-id', order.workflowId];
    const { code, stderr } = await temporal(query, SHOP, { SSL_CERT_FILE: '' });
    expect([code, stderr]).toEqual([1, expect.stringContaining('certificate')]);
  });

  it('shows a masked token what its policy leaves', async () => {
    const { code, stdout } = await temporal(show(), SUPPORT);
    const text = withDecodedData(stdout);
    expect(code).toBe(0);
    expect([...orderSecrets, order.result].filter((secret) => text.includes(secret))).toEqual([]);
    expect(text).toContain(
      `{"customer":{"email":"${goodOrder.customer.email}"},"card":{"number":"****4242"}}`,
    );
    expect(records.every(({ policies }) => policies.join() === 'support')).toBe(true);
  });

  it('starts what a full token may start', async () => {
    const workflowId = `order-${randomUUID()}`;
    expect(await temporal(start(workflowId), SHOP)).toMatchObject({ code: 0, stderr: '' });
    await order.stored.workflow.getHandle(workflowId).terminate();
  });

  it('starts nothing for a masked token', async () => {
    const workflowId = `order-${randomUUID()}`;
    const { code, stderr } = await temporal(start(workflowId), SUPPORT);
    expect([code, stderr]).toEqual([1, expect.stringContaining('failed starting workflow')]);
    expect(records.at(-1)).toMatchObject({ outcome: 'refused', reason: 'MASKED_MAY_NOT_ENCODE' });
    expect(await isStarted(workflowId)).toBe(false);
  });

  it.each([
    ['contradicts the path', '/{namespace}', 'Bad Request.*NAMESPACE_CONFLICT', 'NAMESPACE_CONFLICT'],
    ['names one that the token may not', '', 'Forbidden.*ACCESS_DENIED', 'ACCESS_DENIED'],
  ])('is refused when --codec-header %s', async (_name, path, message, reason) => {
    const query = ['query', '--type', 'orderStatus', '--workflow-id', order.workflowId];
    const header = ['--codec-header', 'X-Namespace=other'];
    const { code, stderr } = await temporal([...query, ...header], SHOP, {
      TEMPORAL_CODEC_ENDPOINT: `${url}${path}`,
    });
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect(records.at(-1)).toMatchObject({ reason });
  });
});

describe('what the CLI does with a refusal', () => {
  // The CLI gives up only when it is told to: `result` and `update` would try for ever.
  it.each([
    ['show', 'context deadline exceeded', []],
    ['describe', 'context deadline exceeded', []],
    ['result', 'program interrupted', []],
    ['update', 'program interrupted', ['execute', '--name', 'changeAddress', '--input', '{}']],
    ['query', 'Unauthorized', ['--type', 'orderStatus']],
    ['signal', 'Unauthorized', ['--name', 'addDeliveryNote', '--input', '"a note"']],
  ])('%s prints %s', async (command, message, more) => {
    const args = [command, ...more, '--workflow-id', order.workflowId, '--command-timeout', '2s'];
    const { code, stdout, stderr } = await temporal(args, 'nobody');
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(orderSecrets.filter((secret) => `${stdout}${stderr}`.includes(secret))).toEqual([]);
    expect(records.at(-1)).toMatchObject({ outcome: 'refused', reason: 'TOKEN_NOT_ACCEPTED' });
  });
});
