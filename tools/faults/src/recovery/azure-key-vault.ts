import { startManagedIdentity } from '@waxseal/test-support';
import { startAzureKeyVaultDouble, type AzureKeyVaultDouble } from '@waxseal/testing';

import type { Certificate, Credentials, Grounds, Service, Subject } from './subject';

/** More requests than are made while a fault lasts. */
const MANY = 1_000;
const WRONG_SECRET = JSON.stringify({
  error: 'invalid_client',
  error_description: 'AADSTS7000215: Invalid client secret provided.',
  error_codes: [7000215],
});

/** A source of tokens for a vault. */
interface TokenSource {
  readonly environment: NodeJS.ProcessEnv;
  readonly credentials: Omit<Credentials, 'expire'>;
  close(): Promise<void>;
}

async function managedIdentity(double: AzureKeyVaultDouble): Promise<TokenSource> {
  const identity = await startManagedIdentity(double.credential);
  const answers = (answer: typeof identity.answers) => (): void => {
    identity.answers = answer;
  };
  return {
    environment: {
      IDENTITY_ENDPOINT: `http://127.0.0.1:${String(identity.port)}/msi/token`,
      IDENTITY_HEADER: 'header',
    },
    credentials: {
      given: () => String(identity.issued),
      silence: answers('nothing'),
      refuse: answers(403),
      answer: answers('token'),
    },
    close: () => identity.close(),
  };
}

function clientSecret(double: AzureKeyVaultDouble): Promise<TokenSource> {
  const { tenantId, clientId, clientSecret: secret } = double.login;
  return Promise.resolve({
    environment: {
      AZURE_AUTHORITY_HOST: double.url,
      AZURE_TENANT_ID: tenantId,
      AZURE_CLIENT_ID: clientId,
      AZURE_CLIENT_SECRET: secret,
    },
    credentials: {
      // Each token that is refused is answered with one, and makes the SDK log in.
      given: () => String(double.challenges),
      silence: () => {
        double.nextLogin({ hang: true }, MANY);
      },
      refuse: () => {
        double.nextLogin({ status: 401, body: WRONG_SECRET }, MANY);
      },
      answer: () => {
        double.reset();
      },
    },
    close: () => Promise.resolve(),
  });
}

async function start(
  { host, certificate }: Grounds,
  newSource: (double: AzureKeyVaultDouble) => Promise<TokenSource>,
): Promise<Service> {
  const double = await startAzureKeyVaultDouble({ host });
  const show = ({ cert, key }: Certificate): void => {
    double.rotateCertificate({ certificate: cert, privateKey: key });
  };
  show(certificate);
  await double.createKey({ name: 'orders' });
  const source = await newSource(double);
  return {
    uri: `azurekeyvault://${host}/keys/orders?privateCloud=true`,
    environment: source.environment,
    port: double.port,
    credentials: {
      ...source.credentials,
      expire: () => {
        double.revokeTokens();
      },
    },
    show,
    stop: async () => {
      await Promise.all([source.close(), double.close()]);
    },
  };
}

/** With a managed identity. */
export const AZURE_KEY_VAULT: Subject = {
  id: 'azure',
  name: 'Azure Key Vault (double)',
  source: 'the endpoint of a managed identity (`IDENTITY_ENDPOINT`)',
  start: (grounds) => start(grounds, managedIdentity),
};

/** With the secret of an application. */
export const AZURE_KEY_VAULT_SECRET: Subject = {
  id: 'azure-login',
  name: 'Azure Key Vault (double), client secret',
  source: 'the login endpoint, for a client secret',
  onlyCredentials: true,
  start: (grounds) => start(grounds, clientSecret),
};
