import { KMSClient } from '@aws-sdk/client-kms';
import { KeyManagementServiceClient } from '@google-cloud/kms';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AwsKmsKey } from '@waxseal/aws-kms';
import { AzureKeyVaultKey } from '@waxseal/azure-key-vault';
import { startOpenBao } from '@waxseal/bring-up';
import { EnvelopeCodec, Keyring, type KeyEncryptionKey } from '@waxseal/core';
import { GcpKmsKey } from '@waxseal/gcp-kms';
import { startAwsKmsDouble, startAzureKeyVaultDouble, startGcpKmsDouble } from '@waxseal/testing';
import { VaultTransitKey } from '@waxseal/vault-transit';
import { jsonPayload } from '@waxseal/test-support';

// Long enough for a machine with much else to do: a service that is down refuses at once.
const REQUESTS = { attemptTimeout: '4s', totalTimeout: '8s', maxAttempts: 1 };
const PAYLOAD = jsonPayload('card 4242');

/** A key of one service, and how to take the service away. */
interface Cloud {
  readonly key: KeyEncryptionKey;
  readonly takeAway: () => Promise<void>;
}

const CLOUDS: Readonly<Record<string, () => Promise<Cloud>>> = {
  'AWS KMS': async () => {
    const double = await startAwsKmsDouble();
    const credentials = { accessKeyId: 'AKIDTEST', secretAccessKey: 'any' };
    const client = new KMSClient({
      endpoint: double.endpoint,
      region: 'eu-west-1',
      credentials,
      maxAttempts: 1,
    });
    const key = new AwsKmsKey({ client, keyId: double.createKey().arn });
    return { key, takeAway: () => double.close() };
  },
  'Google Cloud KMS': async () => {
    const double = await startGcpKmsDouble();
    const client = new KeyManagementServiceClient(await double.clientOptions());
    const key = new GcpKmsKey({ client, keyName: double.createKey().name });
    const takeAway = async (): Promise<void> => {
      await double.close();
      await client.close();
    };
    return { key, takeAway };
  },
  'Azure Key Vault': async () => {
    const double = await startAzureKeyVaultDouble();
    const { url } = await double.createKey();
    const { credential, clientOptions } = double;
    const key = new AzureKeyVaultKey({ credential, keyId: url, clientOptions });
    return { key, takeAway: () => double.close() };
  },
  'OpenBao Transit': async () => {
    const server = await startOpenBao();
    await server.admin('POST', 'sys/mounts/transit', { type: 'transit' });
    await server.admin('POST', 'transit/keys/orders', {});
    const auth = { token: server.rootToken };
    const key = new VaultTransitKey({ address: server.address, keyName: 'orders', auth });
    return { key, takeAway: () => server.stop() };
  },
};

describe.each([
  ['AWS KMS', 'Google Cloud KMS'],
  ['Azure Key Vault', 'OpenBao Transit'],
])('a payload under a key of %s that is wrapped for %s too', (primaryName, secondName) => {
  const running = new Set<Cloud>();
  const start = async (name: string): Promise<Cloud> => {
    const cloud = await CLOUDS[name]?.();
    if (cloud === undefined) throw new Error(`There is no ${name}.`);
    running.add(cloud);
    return cloud;
  };
  const takeAway = async (cloud: Cloud): Promise<void> => {
    running.delete(cloud);
    await cloud.takeAway();
  };
  let primary: Cloud;
  let second: Cloud;

  beforeEach(async () => {
    primary = await start(primaryName);
    second = await start(secondName);
  }, 120_000);
  afterEach(() => Promise.all([...running].map(takeAway)));

  /** What a process reads that never saw the payload's data key. */
  async function readAnew(payload: typeof PAYLOAD): Promise<string> {
    const keyring = new Keyring({ primary: primary.key, additional: [second.key], requests: REQUESTS });
    const codec = new EnvelopeCodec({ keyring });
    try {
      const [opened] = await codec.decode([payload]);
      return Buffer.from(opened?.data ?? []).toString();
    } finally {
      codec.close();
    }
  }

  async function encode(): Promise<typeof PAYLOAD> {
    const keyring = new Keyring({ primary: primary.key, additional: [second.key], requests: REQUESTS });
    const codec = new EnvelopeCodec({ keyring });
    const [sealed] = await codec.encode([PAYLOAD]);
    codec.close();
    return sealed as typeof PAYLOAD;
  }

  it.each(['the first', 'the second'])('opens when %s service is down', async (which) => {
    const sealed = await encode();
    expect(await readAnew(sealed)).toBe('"card 4242"');
    await takeAway(which === 'the first' ? primary : second);
    expect(await readAnew(sealed)).toBe('"card 4242"');
  });

  it('does not open when both are down', async () => {
    const sealed = await encode();
    await Promise.all([takeAway(primary), takeAway(second)]);
    await expect(readAnew(sealed)).rejects.toMatchObject({ code: 'WAXSEAL_KEY_SERVICE' });
  });
});
