import { randomBytes, randomUUID } from 'node:crypto';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import {
  startTlsGateway,
  type TlsGateway,
  type TransportEnvironment,
  type TransportMistake,
} from '@waxseal/bring-up';
import { Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { ownNamespace } from '@waxseal/test-support/namespace';
import { EnvelopePlugin } from '@waxseal/temporal';
import { createClient } from '../src/create-client';
import { createWorker } from '../src/create-worker';
import { confidential, goodOrder, goodOrderNote } from '../src/demo/sample-orders';
import { addDeliveryNote } from '../src/messages';
import { taskQueue } from '../src/task-queue';
import { ProcessOrder } from '../src/workflows';
import { temporalCommand } from './support/temporal-command';
import { temporalProfile } from './support/temporal-profile';

const upstream = process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'] ?? '';
let gateway: TlsGateway;
let envelope: EnvelopePlugin;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  gateway = await startTlsGateway(upstream, await ownNamespace(upstream));
  const primary = new LocalKey({ id: 'transport-test', key: randomBytes(32) });
  envelope = new EnvelopePlugin({ keyring: new Keyring({ primary }) });
});
afterAll(async () => {
  await gateway.close();
  envelope.codec.close();
});

const load = (overrideEnvVars: TransportEnvironment): ReturnType<typeof loadClientConnectConfig> =>
  loadClientConnectConfig({ overrideEnvVars });

/** The same settings as a file, and the two variables that choose it. */
async function asProfile(environment: TransportEnvironment): Promise<TransportEnvironment> {
  const file = join(gateway.directory, `${randomUUID()}.toml`);
  await writeFile(file, temporalProfile('orders', environment), { mode: 0o600 });
  return { TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'orders' };
}

describe.each([
  ['tls', 'variables'],
  ['tls', 'a profile'],
  ['mtls', 'variables'],
  ['mtls', 'a profile'],
] as const)('over %s, configured by %s', (to, by) => {
  it('worker and client process an order, and the temporal command sees ciphertext', async () => {
    const variables = { ...gateway.environment(to), TEMPORAL_TLS_SERVER_NAME: 'temporal.test' };
    const environment = by === 'variables' ? variables : await asProfile(variables);
    const before = gateway[to].admitted;
    const { worker, connection } = await createWorker(load(environment), envelope);
    const client = await createClient(load(environment), envelope);
    const workflowId = `order-${randomUUID()}`;
    try {
      const result = await worker.runUntil(async () => {
        const options = { workflowId, taskQueue, args: [goodOrder] as [typeof goodOrder] };
        const order = await client.workflow.start(ProcessOrder, options);
        await order.signal(addDeliveryNote, goodOrderNote);
        return order.result();
      });
      expect(result).toMatch(/^Order paid \(Confirmation #: /);
    } finally {
      await client.connection.close();
      await connection.close();
    }

    const show = ['workflow', 'show', '--workflow-id', workflowId, '--output', 'json'];
    const { exitCode, stdout, stderr } = await temporalCommand(show, environment);
    expect([exitCode, stderr]).toEqual([0, '']);
    const data = [...stdout.matchAll(/"data": "([^"]*)"/g)].map(([, base64 = '']) =>
      Buffer.from(base64, 'base64'),
    );
    const seen = [stdout, ...data.map(String)].join('\n');
    expect(data.length).toBeGreaterThan(5);
    expect(seen.split(Buffer.from('binary/envelope').toString('base64')).length).toBeGreaterThan(5);
    expect(confidential.filter((word) => seen.includes(word))).toEqual([]);

    // A worker, a client and the command at least, each with the certificate that was asked for.
    expect(gateway[to].admitted - before).toBeGreaterThanOrEqual(3);
    expect(new Set(gateway[to].clients)).toEqual(new Set(to === 'mtls' ? ['orders-worker'] : []));
  });
});

/** What is said of a mistake: by a client, by a worker, by the temporal command. */
const SAID: Readonly<Record<TransportMistake, readonly [RegExp, RegExp, RegExp]>> = {
  'wrong authority': [
    /before the deadline/,
    /InvalidCertificate\(UnknownIssuer\)/,
    /certificate signed by unknown authority/,
  ],
  'private authority not named': [
    /before the deadline/,
    /InvalidCertificate\(UnknownIssuer\)/,
    /certificate signed by unknown authority/,
  ],
  'wrong server name': [/before the deadline/, /NotValidForName/, /not temporal\.elsewhere/],
  'no client certificate': [
    /before the deadline/,
    /CertificateRequired|ConnectionReset|BrokenPipe|operation was canceled/,
    /requires client certificate|certificate required|connection reset|broken pipe|EOF/,
  ],
  // Cut off without an alert by this terminator. An alert may be lost too, when the client writes before it
  // reads.
  'expired client certificate': [
    /before the deadline/,
    /transport error|operation was canceled/,
    /connection reset|EOF|broken pipe|requires client certificate/,
  ],
  'client certificate of another authority': [
    /before the deadline/,
    /transport error|operation was canceled/,
    /connection reset|EOF|broken pipe|requires client certificate/,
  ],
  'key of another certificate': [
    /key values mismatch/,
    /KeyMismatch/,
    /private key does not match public key/,
  ],
  'certificate without key': [
    /before the deadline/,
    /CertificateRequired|ConnectionReset|BrokenPipe|operation was canceled/,
    /other must be present too/,
  ],
  'file that does not exist': [/ENOENT.*missing\.pem/, /ENOENT.*missing\.pem/, /missing\.pem/],
  'TLS to a plaintext port': [
    /before the deadline/,
    /InvalidContentType/,
    /did not respond with TLS|first record does not look like a TLS handshake/,
  ],
  'plaintext to a TLS port': [
    /before the deadline/,
    /transport error|operation was canceled/,
    /requires TLS|error reading server preface/,
  ],
};

describe('with a mistake in the settings', () => {
  it.each(Object.keys(SAID) as TransportMistake[])(
    '%s: client, worker and command fail, each in its words',
    async (mistake) => {
      const environment = (await gateway.mistakes())[mistake];
      const [ofClient, ofWorker, ofCommand] = SAID[mistake];
      const admitted = [gateway.tls.admitted, gateway.mtls.admitted];

      const connect = async (): Promise<Connection> =>
        Connection.connect({ ...load(environment).connectionOptions, connectTimeout: '1s' });
      await expect(connect()).rejects.toThrow(ofClient);
      const connectNatively = async (): Promise<NativeConnection> =>
        NativeConnection.connect(load(environment).connectionOptions);
      await expect(connectNatively()).rejects.toThrow(ofWorker);
      expect([gateway.tls.admitted, gateway.mtls.admitted]).toEqual(admitted);
      const { exitCode, stderr } = await temporalCommand(['workflow', 'list'], environment);
      expect(stderr).toMatch(ofCommand);
      expect(exitCode).not.toBe(0);
    },
  );
});

describe('when certificates change', () => {
  it('a connection keeps what it read: new files count for those who connect anew', async () => {
    const environment = { ...gateway.environment('mtls') };
    const files = ['TEMPORAL_TLS_CLIENT_CERT_PATH', 'TEMPORAL_TLS_CLIENT_KEY_PATH'] as const;
    for (const [index, variable] of files.entries()) {
      const copy = join(gateway.directory, `rotated-${String(index)}.pem`);
      await copyFile(environment[variable] ?? '', copy);
      environment[variable] = copy;
    }
    const client = await Connection.connect(load(environment).connectionOptions);
    const worker = await NativeConnection.connect(load(environment).connectionOptions);
    try {
      const renewed = await gateway.authority.issue({ commonName: 'orders-worker-renewed', usage: 'client' });
      await writeFile(join(gateway.directory, 'rotated-0.pem'), renewed.certPem);
      await writeFile(join(gateway.directory, 'rotated-1.pem'), renewed.keyPem);
      const seen = gateway.mtls.clients.length;
      gateway.mtls.disconnectAll();
      await answers(() => client.workflowService.getSystemInfo({}));
      await answers(() => worker.workflowService.getSystemInfo({}));
      expect(new Set(gateway.mtls.clients.slice(seen))).toEqual(new Set(['orders-worker']));

      const anew = await NativeConnection.connect(load(environment).connectionOptions);
      await anew.close();
      expect(gateway.mtls.clients.at(-1)).toBe('orders-worker-renewed');
    } finally {
      await worker.close();
      await client.close();
    }
  });

  it('a certificate that expires: an open connection goes on, and does not come back once it is lost', async () => {
    const notAfter = new Date(Date.now() + 4_000);
    const short = { commonName: 'short-lived', usage: 'client', notAfter } as const;
    const { certPem, keyPem } = await gateway.authority.issue(short);
    const environment = {
      ...gateway.environment('tls'),
      TEMPORAL_ADDRESS: gateway.mtls.address,
      TEMPORAL_TLS_CLIENT_CERT_DATA: certPem,
      TEMPORAL_TLS_CLIENT_KEY_DATA: keyPem,
    };
    const { connectionOptions } = load(environment);
    const client = await Connection.connect(connectionOptions);
    const worker = await NativeConnection.connect(connectionOptions);
    const systemInfo = (of: Connection | NativeConnection): Promise<unknown> =>
      of.withDeadline(Date.now() + 2_000, () => of.workflowService.getSystemInfo({}));
    try {
      await new Promise((resolve) => setTimeout(resolve, notAfter.getTime() + 1_500 - Date.now()));
      await systemInfo(client);
      await systemInfo(worker);
      const { refused, admitted } = gateway.mtls;
      gateway.mtls.disconnectAll();
      await expect(systemInfo(client)).rejects.toThrow();
      expect(gateway.mtls.refused).toBeGreaterThan(refused);
      expect(gateway.mtls.admitted).toBe(admitted);
    } finally {
      await worker.close();
      await client.close();
    }
  });

  it('a file with both authorities carries over the change of the one that signs the server', async () => {
    const both = join(gateway.directory, 'both-ca.pem');
    await writeFile(both, `${gateway.otherAuthority.certPem}\n${gateway.authority.certPem}\n`);
    const environment = { ...gateway.environment('tls'), TEMPORAL_TLS_SERVER_CA_CERT_PATH: both };
    const use = async (): Promise<void> => {
      await (await Connection.connect(load(environment).connectionOptions)).close();
      await (await NativeConnection.connect(load(environment).connectionOptions)).close();
      expect((await temporalCommand(['workflow', 'list'], environment)).exitCode).toBe(0);
    };
    await use();
    const request = { commonName: 'temporal', ipAddresses: ['127.0.0.1'], usage: 'server' } as const;
    const { certPem: cert, keyPem: key } = await gateway.otherAuthority.issue(request);
    gateway.tls.useCertificate({ cert, key });
    await use();
  });
});

/** Waits until a call succeeds; the first after a lost connection may fail. */
async function answers(call: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await call();
      return;
    } catch (error) {
      if (attempt === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}
