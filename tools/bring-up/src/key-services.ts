import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAwsKmsDouble, startAzureKeyVaultDouble, startGcpKmsDouble } from '@waxseal/testing';
import { startOpenBao } from './openbao';

/** Starts a double of AWS KMS. */
async function startAwsKms(): Promise<KeyService> {
  const double = await startAwsKmsDouble();
  const secret = randomBytes(20).toString('hex');
  return {
    keyUri: `awskms:///${double.createKey().arn}`,
    environment: {
      AWS_ENDPOINT_URL: double.endpoint,
      AWS_ACCESS_KEY_ID: 'AKIDWAXSEALTESTS0001',
      AWS_SECRET_ACCESS_KEY: secret,
    },
    secrets: [secret],
    leaveOnlyUnwrap: () => {
      double.deny('Encrypt');
      double.deny('DescribeKey');
      return Promise.resolve({});
    },
    stop: () => double.close(),
  };
}

/** Starts a double of Azure Key Vault and of the login that issues its tokens. */
async function startAzureKeyVault(): Promise<KeyService> {
  const double = await startAzureKeyVaultDouble();
  const key = await double.createKey({ name: 'orders' });
  const files = temporaryFiles({ 'ca.pem': double.caCertificate });
  const { tenantId, clientId, clientSecret } = double.login;
  return {
    keyUri: `azurekeyvault://${new URL(double.url).host}/keys/${key.name}?privateCloud=true`,
    environment: {
      NODE_EXTRA_CA_CERTS: files.path('ca.pem'),
      AZURE_AUTHORITY_HOST: double.url,
      AZURE_TENANT_ID: tenantId,
      AZURE_CLIENT_ID: clientId,
      AZURE_CLIENT_SECRET: clientSecret,
    },
    secrets: [clientSecret],
    leaveOnlyUnwrap: () => {
      for (const operation of ['wrapKey', 'getKey', 'getRotationPolicy'] as const) double.deny(operation);
      return Promise.resolve({});
    },
    stop: async () => {
      files.remove();
      await double.close();
    },
  };
}

/** Starts a double of Google Cloud KMS that speaks TLS and checks tokens. */
async function startGoogleCloudKms(): Promise<KeyService> {
  const double = await startGcpKmsDouble({ tls: true });
  const account = await double.serviceAccount();
  const files = temporaryFiles({
    'ca.pem': double.caCertificate ?? '',
    'account.json': JSON.stringify(account),
  });
  const [, port] = double.endpoint.split(':');
  return {
    keyUri: `gcpkms://${double.createKey().name}?endpoint=localhost:${String(port)}`,
    environment: {
      GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: files.path('ca.pem'),
      GOOGLE_APPLICATION_CREDENTIALS: files.path('account.json'),
    },
    secrets: [account.private_key.replace(/\s/g, '').slice(60, 120)],
    leaveOnlyUnwrap: () => {
      double.deny('cloudkms.cryptoKeyVersions.useToEncrypt');
      double.deny('cloudkms.cryptoKeys.get');
      return Promise.resolve({});
    },
    stop: async () => {
      files.remove();
      await double.close();
    },
  };
}

/** Starts a real OpenBao with a Transit key. */
async function startOpenBaoTransit(): Promise<KeyService> {
  const server = await startOpenBao();
  await server.admin('POST', 'sys/mounts/transit', { type: 'transit' });
  await server.admin('POST', 'transit/keys/orders', {});
  return {
    keyUri: 'vaulttransit://transit/orders',
    environment: { BAO_ADDR: server.address, BAO_TOKEN: server.rootToken },
    secrets: [server.rootToken],
    leaveOnlyUnwrap: async () => {
      const policy = 'path "transit/decrypt/orders" { capabilities = ["update"] }';
      await server.admin('POST', 'sys/policies/acl/decoder', { policy });
      const rights = { policies: ['decoder'], no_default_policy: true };
      const { auth } = (await server.admin('POST', 'auth/token/create', rights)) as {
        readonly auth: { readonly client_token: string };
      };
      return { BAO_TOKEN: auth.client_token };
    },
    stop: () => server.stop(),
  };
}

/** How each key service is started that a program can be run against, by name. */
export const KEY_SERVICES: Readonly<Record<string, () => Promise<KeyService>>> = {
  'AWS KMS (double)': startAwsKms,
  'Google Cloud KMS (double)': startGoogleCloudKms,
  'Azure Key Vault (double)': startAzureKeyVault,
  'OpenBao Transit': startOpenBaoTransit,
};

/**
 * A running key service with one key, and how a program of its own process is told of it: by environment
 * variables alone.
 */
export interface KeyService {
  /** URI of the key, for `WAXSEAL_PRIMARY_KEY`. */
  readonly keyUri: string;
  /** What the provider's SDK reads: address, credentials, certificates. */
  readonly environment: Readonly<Record<string, string>>;
  /** Texts of `environment` that nobody may print. */
  readonly secrets: readonly string[];
  /**
   * Takes from callers every right but that to unwrap.
   *
   * @returns what a caller without other rights needs in the place of parts of `environment`
   */
  leaveOnlyUnwrap(): Promise<Readonly<Record<string, string>>>;
  /** Makes the service unreachable, and removes its files. */
  stop(): Promise<void>;
}

/** Files in a folder of their own. */
interface TemporaryFiles {
  readonly path: (name: string) => string;
  readonly remove: () => void;
}

/** Writes files that only their owner can read, by name. */
function temporaryFiles(files: Readonly<Record<string, string>>): TemporaryFiles {
  const directory = mkdtempSync(join(tmpdir(), 'waxseal-key-service-'));
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(directory, name), text, { mode: 0o600 });
  return {
    path: (name) => join(directory, name),
    remove: () => {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
