import { constants, type KeyObject, publicEncrypt } from 'node:crypto';

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { KeyManagementServiceClient } from '@google-cloud/kms';
import { AwsKmsKey } from '@waxseal/aws-kms';
import { AzureKeyVaultKey } from '@waxseal/azure-key-vault';
import { GcpKmsKey } from '@waxseal/gcp-kms';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';
import {
  type AwsKmsDouble,
  type AzureKeyVaultDouble,
  type GcpKmsDouble,
  startAwsKmsDouble,
  startAzureKeyVaultDouble,
  startGcpKmsDouble,
} from '@waxseal/testing';

import { encryptionContextOf, TemporalProxyCodec } from '../src';
import { proxied } from './support/proxy';

const secret = jsonPayload('secret');
const credentials = { accessKeyId: 'AKIDDOUBLE0000000001', secretAccessKey: 'x' };
let aws: AwsKmsDouble;
let gcp: GcpKmsDouble;
let azure: AzureKeyVaultDouble;
let kms: KMSClient;
let google: KeyManagementServiceClient;

beforeAll(async () => {
  [aws, gcp, azure] = await Promise.all([
    startAwsKmsDouble(),
    startGcpKmsDouble(),
    startAzureKeyVaultDouble(),
  ]);
  kms = new KMSClient({ endpoint: aws.endpoint, region: 'eu-west-1', credentials, maxAttempts: 1 });
  google = new KeyManagementServiceClient(await gcp.clientOptions());
});

afterAll(async () => {
  kms.destroy();
  await google.close();
  await Promise.all([aws.close(), gcp.close(), azure.close()]);
});

/** Writes and reads in both directions; what the proxy's own library sends is made by `wrap`. */
async function bothWays(
  uri: string,
  keys: ConstructorParameters<typeof TemporalProxyCodec>[0]['keys'],
  wrap: (dataKey: Uint8Array) => Promise<Uint8Array>,
): Promise<void> {
  const codec = new TemporalProxyCodec({ keys, writeUnder: uri });
  expect(await codec.decode([await proxied(uri, wrap)])).toEqual([secret]);
  const written = await codec.encode([secret]);
  const reader = new TemporalProxyCodec({ keys });
  expect(await reader.decode(written)).toEqual([secret]);
  codec.close();
  reader.close();
}

it('AWS KMS: a raw ciphertext, with the context of the URI alone', async () => {
  const { arn } = aws.createKey();
  const uri = `awskms:///${arn}?region=eu-west-1&context_team=orders`;
  const encryptionContext = encryptionContextOf(uri);
  await bothWays(
    uri,
    { [uri]: new AwsKmsKey({ client: kms, keyId: arn, encryptionContext }) },
    async (dataKey) => {
      const command = new EncryptCommand({
        KeyId: arn,
        Plaintext: dataKey,
        EncryptionContext: { team: 'orders' },
      });
      return (await kms.send(command)).CiphertextBlob ?? new Uint8Array();
    },
  );
  expect(new Set(aws.requests.map((request) => JSON.stringify(request.encryptionContext)))).toEqual(
    new Set(['{"team":"orders"}']),
  );
  // Another context does not open, as a wrapped key of Waxseal's own would not.
  const without = new TemporalProxyCodec({ keys: { [uri]: new AwsKmsKey({ client: kms, keyId: arn }) } });
  const payload = await proxied(uri, async (dataKey) => {
    const command = new EncryptCommand({
      KeyId: arn,
      Plaintext: dataKey,
      EncryptionContext: { team: 'orders' },
    });
    return (await kms.send(command)).CiphertextBlob ?? new Uint8Array();
  });
  expect(await rejectionOf(() => without.decode([payload]))).toMatchObject({ reason: 'damaged' });
  without.close();
});

it('Google Cloud KMS: a raw ciphertext, with no additional data', async () => {
  const { name } = gcp.createKey();
  const uri = `gcpkms://${name}`;
  await bothWays(uri, { [uri]: new GcpKmsKey({ client: google, keyName: name }) }, async (dataKey) => {
    const [answer] = await google.encrypt({ name, plaintext: dataKey });
    return Buffer.from(answer.ciphertext as Uint8Array);
  });
});

it('Azure Key Vault: RSA-OAEP-256, with a version and without', async () => {
  const managed = await azure.createKey({ name: 'orders' });
  const { credential, clientOptions } = azure;
  const key = (keyId: string): AzureKeyVaultKey => new AzureKeyVaultKey({ credential, clientOptions, keyId });
  const first = managed.current.kid;
  const { publicKey } = managed.current.material as { readonly publicKey: KeyObject };
  // What `encrypt` of the service does (RFC 8017 §7.1), done with the public key.
  const padding = { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
  const encrypt = (dataKey: Uint8Array): Promise<Uint8Array> =>
    Promise.resolve(publicEncrypt(padding, dataKey));
  const uri = first.replace('https://', 'azurekeyvault://');
  await bothWays(uri, { [uri]: key(first) }, encrypt);
  const versionless = uri.slice(0, uri.lastIndexOf('/'));
  const old = await proxied(versionless, encrypt);
  await managed.rotate();
  const second = managed.current.kid;
  const codec = new TemporalProxyCodec({ keys: { [versionless]: [key(second), key(first)] } });
  expect(await codec.decode([old])).toEqual([secret]);
  codec.close();
});
